"""Errors for files of the lake that exist and cannot be read: damaged, cut short, or half restored."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import pyarrow as pa

from contracts.refusals import Unavailable
from contracts.storage import Blobs
from core.full_disk import is_out_of_files

T = TypeVar("T")


class LakeBroken(Unavailable):
    """A file of the lake cannot be read; the message names it below the lake's folder and reveals no other path."""

    operator_code = "INVALID_INPUT"


@contextmanager
def reading(place: Path | str, *errors: type[Exception]) -> Iterator[None]:
    """Raise LakeBroken of the file or key `place` for what damaged JSON or Parquet raises, and for `errors`."""
    try:
        yield
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, pa.ArrowException, *errors) as error:
        if is_out_of_files(error):  # the file is as it was
            raise OSError(errno.EMFILE, "Too many open files") from error
        shown = place_of(Path(place))
        raise LakeBroken(f"{shown} cannot be read ({_reason(error)}): restore it from a backup") from error


def read_json(path: Path, kind: type[T]) -> T:
    """Return the file as `kind`; raise FileNotFoundError if it is missing, LakeBroken if it cannot be read."""
    data = path.read_bytes()
    with reading(path):
        return msgspec.json.decode(data, type=kind)


def read_value(blobs: Blobs, key: str, kind: type[T]) -> T | None:
    """Return the value of a key as `kind`, None if there is none; raise LakeBroken if it cannot be read."""
    data = blobs.get(key)
    if data is None:
        return None
    with reading(key):
        return msgspec.json.decode(data, type=kind)


def place_of(path: Path) -> str:
    """Return a file's path within the home, from `lake` on; only its name if it is elsewhere."""
    parts = path.parts
    if "lake" not in parts:
        return path.name
    return str(Path(*parts[len(parts) - 1 - parts[::-1].index("lake") :]))


def _reason(error: Exception) -> str:
    """Return what a decoder found; engines put whole paths into their texts, so theirs are left out."""
    return str(error) if isinstance(error, msgspec.MsgspecError) else "damaged or missing"
