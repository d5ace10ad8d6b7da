"""Keeps compiled templates beside Python's own compiled modules: the report's takes as long to compile as to fill."""

import sys
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from jinja2.bccache import Bucket, BytecodeCache


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
