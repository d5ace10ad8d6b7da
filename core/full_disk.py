"""Says of an error whether a disk has no room, or a process no files: a state of the machine and no defect."""

import errno

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
NO_FILES = frozenset({errno.EMFILE, errno.ENFILE})
SQLITE_FULL = frozenset({8, 10, 13})
"""SQLite's primary codes for a file that takes no writes, one that cannot be written, and a full disk."""


def is_full_disk(error: BaseException) -> bool:
    """Return whether the system, or a database's driver, could not write for want of room or of a writable disk.

    What SQLAlchemy wraps is looked at, by the code that SQLite's driver gives as data.
    """
    if isinstance(error, OSError) and error.errno in FULL:
        return True
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in SQLITE_FULL


def is_out_of_files(error: BaseException) -> bool:
    """Return whether no more files could be opened, which DuckDB says in its text alone."""
    if isinstance(error, OSError):
        return error.errno in NO_FILES
    return type(error).__module__ == "_duckdb" and "Too many open files" in str(error)
