"""From what can go wrong to the command's exit code, by the table of refusals; what is in none is a defect."""

import errno

from contracts.refusals import Refusal
from kit.refusals import DEFECT, PARTIAL, REFUSALS, WRONG_INPUT, row_of

__all__ = ["CHECK_FAILED", "DEFECT", "DONE", "INTERRUPTED", "PARTIAL", "WRONG_INPUT", "code_of", "sentence_of"]
DONE, CHECK_FAILED, INTERRUPTED = 0, 1, 130

CODES: dict[str, str] = {
    "contracts.modules.sealing.Unreadable": "INVALID_INPUT",
    "core.benchmark.draw.DrawError": "INVALID_INPUT",
    "core.benchmark.names.InvalidName": "INVALID_INPUT",
    "core.benchmark.options.OptionError": "INVALID_INPUT",
    "core.benchmark.records.JudgeConflict": "INVALID_INPUT",
    "core.benchmark.records.UnknownBaseline": "INVALID_INPUT",
    "core.benchmark.render.RenderError": "INVALID_INPUT",
    "core.benchmark.spec.SpecMismatch": "INVALID_INPUT",
    "core.judging.answer_validator.InvalidAnswer": "INVALID_INPUT",
    "resources.adoption.rows.AdoptRejected": "INVALID_INPUT",
    "resources.adoption.store.AdoptedNameTaken": "INVALID_INPUT",
    "resources.rpc.internal_tokens.NotInternal": "INVALID_INPUT",
    "resources.catalog.catalog.DuplicateEntry": "INVALID_INPUT",
    "resources.catalog.catalog.UnknownEntry": "INVALID_INPUT",
    "resources.catalog.problems.CatalogError": "INVALID_INPUT",
    "resources.scoring.computing.UnknownJudges": "INVALID_INPUT",
    "resources.home_format.OtherHomeFormat": "INVALID_INPUT",
    "resources.judging.importer.Rejected": "INVALID_INPUT",
    "resources.judging.inbox.NotAFile": "INVALID_INPUT",
    "resources.lake.broken.LakeBroken": "INVALID_INPUT",
    "resources.lake.journal.JournalBroken": "INVALID_INPUT",
    "resources.lake.journal.JournalFull": "UNAVAILABLE",
    "resources.lake.lock.WriterBusy": "IN_PROGRESS",
    "resources.lake.specs.Archived": "INVALID_INPUT",
    "resources.lake.specs.NotPinned": "INVALID_INPUT",
    "resources.models.embedded.EmbeddedModelError": "INVALID_INPUT",
    "resources.models.registry.MissingKey": "INVALID_INPUT",
    "resources.models.tape.TapeBroken": "INVALID_INPUT",
    "wiring.keys.KeysMissing": "INVALID_INPUT",
    "resources.dagster.subprocess_recorder.RunStoreUnavailable": "UNAVAILABLE",
    "wiring.settings.SettingsError": "INVALID_INPUT",
    "wiring.processes.up.AlreadyUp": "INVALID_INPUT",
    "wiring.processes.up.PortTaken": "INVALID_INPUT",
}
"""The code of the table of refusals that an error is on the command line, by its qualified name, so that nothing is
imported for it; a test resolves each."""


OS_CODES = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS), PARTIAL),
    **dict.fromkeys((errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG), WRONG_INPUT),
}
"""Room and permissions can be mended and the command run again; a path that cannot be is wrong input."""


def code_of(error: BaseException) -> int | None:
    """Return the exit code of an error that people can mend; None for a defect."""
    if isinstance(error, OSError) and error.errno in OS_CODES:
        return OS_CODES[error.errno]
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    code = next((CODES[name] for name in names if name in CODES), None)
    if code is not None:
        return REFUSALS[code].exit_code
    return row_of(error).exit_code if isinstance(error, Refusal) else None


def sentence_of(error: BaseException) -> str:
    """Return what to tell a person.

    An error of the system with its path and with what to do, any other as it says itself.
    """
    if not isinstance(error, OSError) or type(error).__module__ != "builtins" or error.errno not in OS_CODES:
        return str(error)
    where = f" at {error.filename}" if error.filename else ""
    what = "make room or correct its permissions" if OS_CODES[error.errno] == PARTIAL else "name another path"
    return f"{error.strerror or error}{where}: {what}, then run again; nothing that was kept is lost"
