"""Bodies that are being received: temporary files of this host, which a process beside can check before they count."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from kit.regular_files import open_regular, refuse_linked_folder
from kit.tables.json_rows import SEEN, looks_like_json
from resources.home import Home

FOLDER = "uploads"
PIECE = 1 << 20
STALE_S = 24 * 3600


class ReceivedBody:
    """A body in a file of its own, which is written once and ends with `remove`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("xb")
        self._remove_copy: Callable[[], object] = bool

    def write(self, data: bytes) -> None:
        """Add a piece to the body."""
        self._file.write(data)

    def close(self) -> None:
        """End writing, and name the file by whether it holds JSON or a table."""
        self._file.close()
        with open_regular(self.path, ("body",), links=False) as file:
            start = file.read(SEEN)
        suffix = ".jsonl" if looks_like_json(start) or not start.strip() else ".csv"
        self.path = self.path.replace(self.path.with_suffix(suffix))

    @property
    def size(self) -> int:
        """Return how many bytes the closed body has."""
        return self.path.stat().st_size

    @property
    def suffix(self) -> str:
        """Return `.jsonl` or `.csv` of a closed body."""
        return self.path.suffix

    def stored(self, home: Home) -> str:
        """Return the key of the closed body, as a value of the store that survives the loss of the host.

        It is the file itself where the store has the files of the same home.
        """
        with open_regular(self.path, ("body",), links=False) as file:
            if home.stores_files:
                os.fsync(file.fileno())
                return f"{FOLDER}/{self.path.name}"
            copy = home.storage.datasets.create(
                FOLDER, lambda _: self.path.name, lambda sink: shutil.copyfileobj(file, sink, PIECE)
            )
            self._remove_copy = partial(home.storage.blobs.delete, copy.key)
            return copy.key

    def remove(self) -> None:
        """Delete the file, under whatever name it has, and the value of the store that nobody moved on."""
        self._file.close()
        self._remove_copy()
        for path in self.path.parent.glob(f"{self.path.stem}.*"):
            path.unlink(missing_ok=True)


class ReceivedBodies:
    """The folder of bodies that are being received; `random_bytes(n)` gives n bytes for a name."""

    def __init__(self, home: Home, random_bytes: Callable[[int], bytes]) -> None:
        self._folder, self._random_bytes = home.root / FOLDER, random_bytes

    def begin(self) -> ReceivedBody:
        """Return an empty body; raise LinkedFolder if a link stands where the folder should be."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_linked_folder(self._folder)
        return ReceivedBody(self._folder / f"{self._random_bytes(8).hex()}.part")

    @contextmanager
    def holding(self, data: bytes) -> Iterator[ReceivedBody]:
        """Yield a closed body with this data, which is removed afterwards."""
        body = self.begin()
        try:
            body.write(data)
            body.close()
            yield body
        finally:
            body.remove()

    def sweep(self, now: float) -> None:
        """Delete what a crash left a day before `now`, in Unix seconds."""
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > STALE_S:
                    path.unlink()
