"""Errors that say that a disk has no room."""

import errno
import sqlite3
from pathlib import Path

import duckdb
import pytest

from core.full_disk import is_full_disk, is_out_of_files


class Wrapped(Exception):
    """As SQLAlchemy wraps what a driver raised."""

    def __init__(self, orig: object) -> None:
        super().__init__("(sqlite3.OperationalError)")
        self.orig = orig


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
def test_what_the_system_says(number: int) -> None:
    """A full disk, a used quota, a largest file, a disk that takes no writes."""
    assert is_full_disk(OSError(number, "said"))


@pytest.mark.parametrize("error", [OSError(errno.EIO, "x"), FileNotFoundError(), KeyError("x"), Wrapped(None)])
def test_what_is_something_else(error: Exception) -> None:
    """A device that fails is a fault to be looked at, and a missing file a defect."""
    assert not is_full_disk(error)


def test_what_sqlite_says(tmp_path: Path) -> None:
    """Its code counts, bare and wrapped; a wrong query has another one."""
    with sqlite3.connect(tmp_path / "small.db") as connection:
        connection.execute("create table t (x blob)")
        connection.execute("pragma max_page_count = 4")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.execute("insert into t values (zeroblob(100000))")
        with pytest.raises(sqlite3.OperationalError) as wrong:
            connection.execute("select * from none")
    assert is_full_disk(full.value)
    assert is_full_disk(Wrapped(full.value))
    assert not is_full_disk(wrong.value)


def test_no_more_files_could_be_opened() -> None:
    """By the system's number, or by the text of DuckDB, whose errors have no number."""
    assert is_out_of_files(OSError(errno.EMFILE, "x"))
    assert is_out_of_files(duckdb.IOException('IO Error: Cannot open file "x": Too many open files'))
    assert not is_out_of_files(duckdb.IOException('IO Error: No files found that match the pattern "x"'))
    assert not is_out_of_files(ValueError("Too many open files"))
