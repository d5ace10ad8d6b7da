"""Maps errors to the command's exit codes, by the table of refusals; an unexpected error is a defect."""

import errno

from core.expected_error import ExpectedError
from kit.refusals import DEFECT, PARTIAL, WRONG_INPUT, exit_code_of

__all__ = ["CHECK_FAILED", "DEFECT", "DONE", "INTERRUPTED", "PARTIAL", "WRONG_INPUT", "code_of", "sentence_of"]
DONE, CHECK_FAILED, INTERRUPTED = 0, 1, 130

OS_CODES = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS), PARTIAL),
    **dict.fromkeys((errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG), WRONG_INPUT),
}
"""Room and permissions can be mended and the command run again; a path that cannot be is wrong input."""


def code_of(error: BaseException) -> int | None:
    """Return the exit code of an error that people can mend; None for a defect."""
    if isinstance(error, OSError) and error.errno in OS_CODES:
        return OS_CODES[error.errno]
    return exit_code_of(error) if isinstance(error, ExpectedError) else None


def sentence_of(error: BaseException) -> str:
    """Return the sentence to print for an error: its message, for a system error its path and what to do."""
    if not isinstance(error, OSError) or type(error).__module__ != "builtins" or error.errno not in OS_CODES:
        return str(error)
    where = f" at {error.filename}" if error.filename else ""
    what = "make room or correct its permissions" if OS_CODES[error.errno] == PARTIAL else "name another path"
    return f"{error.strerror or error}{where}: {what}, then run again; nothing that was kept is lost"
