"""Writes key files: whole or not at all, for their owner alone."""

import os
from collections.abc import Callable
from pathlib import Path

from contracts.refusals import Unavailable


def write_key_file(folder: Path, name: str, content: bytes, random_bytes: Callable[[int], bytes]) -> None:
    """Write a file of the folder, mode 0600, under another name first; raise Unavailable where it cannot be written."""
    new = folder / f".{name}.{os.getpid()}.{random_bytes(4).hex()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(folder / name)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Unavailable(f"the keys folder cannot be written: {type(error).__name__}") from None
