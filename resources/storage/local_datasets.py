"""Datasets as files, whose locator is their path."""

import os
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex
from typing import BinaryIO

from contracts.storage import Created, Fence, Locator
from kit.regular_files import held_folder
from resources.storage.files import sha256_file, sync_folder
from resources.storage.local_files import LocalFiles


class LocalDatasets:
    """Implements contracts.storage.DatasetStore on the files below a folder."""

    def __init__(self, files: LocalFiles) -> None:
        self._files = files

    def create(
        self, folder: str, name: Callable[[str], str], write: Callable[[BinaryIO], object], fence: Fence | None = None
    ) -> Created:
        """Write a temporary file in the folder, sync it and rename it to the name that its hash gives."""
        where = self._files.path(folder)
        where.mkdir(parents=True, exist_ok=True)
        with held_folder(where) as held:
            temporary = held / f".{os.getpid()}-{token_hex(4)}.tmp"
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
                    write(file)
                    file.flush()
                    os.fsync(file.fileno())
                digest = sha256_file(temporary)
                key = f"{folder}/{name(digest)}"
                target = held / self._files.path(key).name
                with self._files.allowed(fence):
                    temporary.replace(target)
                sync_folder(held)
            except BaseException:
                with suppress(FileNotFoundError):
                    temporary.unlink()
                raise
        return Created(key, digest)

    def locator(self, key: str) -> Locator:
        """Return the path of the dataset's file."""
        return Locator(str(self._files.path(key)))
