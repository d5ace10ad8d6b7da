"""The paths and keys of everything under TIPBENCH_HOME; no other module spells one."""

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from contracts.storage import Storage
from core.benchmark.names import EXPERIMENT, experiment_name, judge_name
from core.expected_error import OperatorError
from kit.regular_files import read_regular, refuse_links
from resources.storage.local import local_storage

LARGEST_SECRET = 1 << 16
_DIGITS = re.compile(r"[0-9a-f]{64}")


class DamagedKey(OperatorError):
    """A file under `keys/` that does not hold what was written into it; the message does not quote it."""


@dataclass(frozen=True)
class Home:
    """The folder that holds everything the program writes."""

    root: Path
    lake: ClassVar[str] = "lake"
    """The key below which all of every experiment is."""

    @cached_property
    def storage(self) -> Storage:
        """Return the stores of the home, whose keys are paths below its folder."""
        return local_storage(self.root)

    @property
    def stores_files(self) -> bool:
        """Return whether the values of the stores are the files below the home's folder."""
        return self.storage is local_storage(self.root)

    @staticmethod
    def key(name: str, *parts: str) -> str:
        """Return the key of something of an experiment in the lake; raise InvalidName."""
        return "/".join((Home.lake, experiment_name(name), *parts))

    @staticmethod
    def judge_trials(of: str) -> str:
        """Return the key of the trials of a definition by a rubric, whose hash is `of`."""
        return f"judge-trials/{of}.json"

    def shown(self, key: str) -> str:
        """Return where people find the value of a key."""
        return str(self.root / key)

    def experiment(self, name: str) -> Path:
        """Return the experiment's folder in the lake; raise InvalidName, or LinkedFolder if a link stands there."""
        return refuse_links(self.root, self.root / "lake" / experiment_name(name))

    def experiments(self) -> list[str]:
        """Return the names of all pinned experiments, sorted."""
        blobs = self.storage.blobs
        folders = [entry[:-1] for entry in blobs.list(self.lake) if entry.endswith("/")]
        names = [name for name in folders if EXPERIMENT.fullmatch(name)]
        pins = blobs.sizes(f"{self.lake}/{name}/spec.json" for name in names)
        return [name for name, size in zip(names, pins, strict=True) if size is not None]

    def exports(self, name: str, judge: str) -> Path:
        """Return the folder of a judge's numbered exports; raise InvalidName, or LinkedFolder for a link."""
        return refuse_links(self.root, self.root / "exports" / experiment_name(name) / judge_name(judge))

    def inbox(self, name: str) -> Path:
        """Return the folder into which score files are dropped; raise InvalidName, or LinkedFolder for a link."""
        return refuse_links(self.root, self.root / "inbox" / experiment_name(name))

    @property
    def models(self) -> Path:
        """Return the folder of the assembled weights of embedded models."""
        return self.root / "models"

    def tape(self, name: str) -> Path:
        """Return the file in which answers of the tape `name` are recorded.

        Old pins hold an absolute path; then its last part is the name.
        """
        return self.root / "tapes" / (Path(name).name if Path(name).is_absolute() else name)

    @property
    def dagster(self) -> Path:
        """Return the folder that is DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def mlflow(self) -> Path:
        """Return the folder of MLflow's database and artifacts, unused if MLFLOW_TRACKING_URI names a server."""
        return self.root / "mlflow"

    @property
    def catalog(self) -> Path:
        """Return the folder of catalog versions added through the API, which overlays the project's."""
        return self.root / "catalog"

    @property
    def signals(self) -> Path:
        """Return the folder of published signals: Parquet parts and their manifest."""
        return self.root / "signals"

    @property
    def database(self) -> Path:
        """Return the file of the one SQLite database, unused if TIPBENCH_DATABASE_URL names another."""
        return self.root / "tipbench.db"

    @property
    def has_database(self) -> bool:
        """Return whether the file of the one SQLite database is there, which asking does not make."""
        return self.database.exists()

    @property
    def keys(self) -> Path:
        """Return the folder of generated secrets, each readable by its owner only."""
        return self.root / "keys"

    def has_secret(self, name: str) -> bool:
        """Return whether there is a file of this name under `keys/`; it is not read."""
        return (self.keys / name).exists()

    def secret(self, name: str) -> bytes:
        """Return the 32 random bytes stored under `keys/`, which are made at first use; raise DamagedKey for fewer.

        An empty or shortened key would blind and sign in a way that anybody could repeat.
        """
        text = self.stored_secret(name, lambda: secrets.token_hex(32)).strip()
        if not _DIGITS.fullmatch(text):
            raise self._damaged(name, "64 hexadecimal digits")
        return bytes.fromhex(text)

    def stored_secret(self, name: str, make: Callable[[], str]) -> str:
        """Return the text of a file under `keys/`, which `make` gives at first use; file mode 0600, folder mode 0700.

        Of several processes at the first use one writes and all return its text. Raise DamagedKey for bytes that are no
        text.
        """
        folder = self.keys
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / name
        if not path.exists():
            _create(path, make())
        try:
            return read_regular(path, LARGEST_SECRET, ("home",), links=False).decode("ascii")
        except UnicodeDecodeError:
            raise self._damaged(name, "text") from None

    def _damaged(self, name: str, what: str) -> DamagedKey:
        return DamagedKey(f"{self.keys / name} does not hold {what}: restore it from a backup")


def _create(path: Path, text: str) -> None:
    """Create a file, whole, unless another process was first; a full disk leaves nothing of it."""
    new = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secret counts
            os.link(new, path)
    finally:
        new.unlink(missing_ok=True)
