"""Templates of pages, compiled beside Python's own compiled modules: compiling takes as long as filling."""

import sys
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from core.plurals import counted
from core.sanitize import visible


class CompiledTemplates(BytecodeCache):
    """Files NAME.pyc in a folder `__pycache__`, which hold as far as modules' do and are written where these are.

    Jinja looks whether one is of the very source, and of this version of Python and of itself; else it compiles anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "__pycache__"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read the file into the bucket, where it is there and can be read."""
        with suppress(OSError), self._file(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the file, whole or not at all; not where the folder is missing or read-only, or Python shall not."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError), NamedTemporaryFile(dir=self._folder, suffix=".tmp", delete=False) as file:
            try:
                bucket.write_bytecode(file)
                file.flush()
                Path(file.name).replace(self._file(bucket))
            except BaseException:
                Path(file.name).unlink()
                raise

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"template-{bucket.key}.pyc"


def page_templates(package: str) -> jinja2.Environment:
    """Return the templates of a package, which are compiled in its folder; every text stays text in them.

    A name that is not given is an error. Filters: `seen` for text from outside, `number`, `signed` and `counted`.
    """
    made = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        loader=jinja2.FunctionLoader(lambda name: files(package).joinpath(name).read_text("utf-8")),
        bytecode_cache=CompiledTemplates(Path(str(files(package)))),
    )
    made.filters |= {"number": _number, "signed": _signed, "seen": _seen, "counted": counted}
    return made


def _seen(text: object) -> str:
    """Return text without control and direction characters, which could make it read as something else."""
    return visible(str(text), "�")


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{rounded(value):+.2f}".replace("-", "−")


def rounded(value: float) -> float:
    """Return the value to two digits, and what rounds to nothing without the sign of a negative number."""
    return round(value, 2) + 0.0
