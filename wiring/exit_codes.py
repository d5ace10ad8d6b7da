"""Maps errors to the command's exit codes, by the table of refusals; an unexpected error is a defect."""

import errno

from core.expected_error import ExpectedError
from core.full_disk import is_out_of_files
from kit.refusals import DEFECT, PARTIAL, WRONG_INPUT, exit_code_of

__all__ = ["CHECK_FAILED", "DEFECT", "DONE", "INTERRUPTED", "PARTIAL", "WRONG_INPUT", "code_of", "sentence_of"]
DONE, CHECK_FAILED, INTERRUPTED = 0, 1, 130

OS_CODES = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS), PARTIAL),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), PARTIAL),
    **dict.fromkeys((errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG), WRONG_INPUT),
}
"""Room and permissions can be mended and the command run again; a path that cannot be is wrong input."""

SQLITE_CODES = {
    **dict.fromkeys((3, 5, 6, 8, 10, 13, 14), PARTIAL),  # permission, busy, locked, read-only, I/O, full, cannot open
    **dict.fromkeys((11, 26), WRONG_INPUT),  # damaged, no database
}
"""By the primary code of SQLite, https://sqlite.org/rescode.html, which its driver gives as data."""


def code_of(error: BaseException) -> int | None:
    """Return the exit code of an error that people can mend; None for a defect."""
    if isinstance(error, OSError) and error.errno in OS_CODES:
        return OS_CODES[error.errno]
    if is_out_of_files(error):
        return PARTIAL
    if isinstance(error, ExpectedError):
        return exit_code_of(error)
    return _database_code(_of_driver(error))


def _of_driver(error: BaseException) -> BaseException:
    """Return what a database's driver raised, which SQLAlchemy wraps."""
    origin = getattr(error, "orig", None)
    return origin if isinstance(origin, BaseException) else error


def _database_code(error: BaseException) -> int | None:
    found = getattr(error, "sqlite_errorcode", None)  # the driver is not imported for a look at the error
    if isinstance(found, int):
        return SQLITE_CODES.get(found & 0xFF)
    kind = type(error)
    return PARTIAL if kind.__module__.startswith("psycopg") and _is_of(kind, "OperationalError") else None


def _is_of(kind: type[BaseException], name: str) -> bool:
    return any(base.__name__ == name for base in kind.__mro__)


def sentence_of(error: BaseException) -> str:
    """Return the sentence to print for an error: its message, for a system error its path and what to do."""
    if is_out_of_files(error):
        where = f" at {error.filename}" if isinstance(error, OSError) and error.filename else ""
        return f"Too many open files{where}: raise the limit (ulimit -n), then run again; nothing that was kept is lost"
    if not isinstance(error, ExpectedError) and (code := _database_code(_of_driver(error))) is not None:
        return _database_sentence(_of_driver(error), code)
    if not isinstance(error, OSError) or type(error).__module__ != "builtins" or error.errno not in OS_CODES:
        return str(error)
    where = f" at {error.filename}" if error.filename else ""
    what = "make room or correct its permissions" if OS_CODES[error.errno] == PARTIAL else "name another path"
    return f"{error.strerror or error}{where}: {what}, then run again; nothing that was kept is lost"


def _database_sentence(error: BaseException, code: int) -> str:
    """Return what is wrong with a database; of a server's driver the kind alone, whose text may hold the address."""
    if not hasattr(error, "sqlite_errorcode"):
        return f"the database cannot be used ({type(error).__name__}): run again once it answers and has room"
    if code == WRONG_INPUT:
        return f"a database of the home is damaged ({error}): restore tipbench.db or user-keys/ from a backup"
    return (
        f"a database of the home cannot be used ({error}): make room, correct its permissions or stop who writes it, "
        "then run again; nothing that was kept is lost"
    )
