"""One table from what can go wrong to the command's exit code; what is not in it is a defect and stays masked."""

import errno

DONE, CHECK_FAILED, WRONG_INPUT, PARTIAL, DEFECT, INTERRUPTED = 0, 1, 2, 3, 70, 130

CODES: dict[str, int] = {
    "contracts.refusals.InProgress": PARTIAL,
    "contracts.refusals.Refusal": WRONG_INPUT,
    "contracts.refusals.Unavailable": PARTIAL,
    "contracts.modules.sealing.Unreadable": WRONG_INPUT,
    "core.benchmark.draw.DrawError": WRONG_INPUT,
    "core.benchmark.names.InvalidName": WRONG_INPUT,
    "core.benchmark.options.OptionError": WRONG_INPUT,
    "core.benchmark.records.JudgeConflict": WRONG_INPUT,
    "core.benchmark.records.UnknownBaseline": WRONG_INPUT,
    "core.benchmark.render.RenderError": WRONG_INPUT,
    "core.benchmark.spec.SpecMismatch": WRONG_INPUT,
    "core.judging.answer_validator.InvalidAnswer": WRONG_INPUT,
    "resources.adoption.rows.AdoptRejected": WRONG_INPUT,
    "resources.adoption.store.AdoptedNameTaken": WRONG_INPUT,
    "resources.rpc.internal_tokens.NotInternal": WRONG_INPUT,
    "resources.catalog.catalog.DuplicateEntry": WRONG_INPUT,
    "resources.catalog.catalog.UnknownEntry": WRONG_INPUT,
    "resources.catalog.problems.CatalogError": WRONG_INPUT,
    "resources.scoring.computing.UnknownJudges": WRONG_INPUT,
    "resources.home_format.OtherHomeFormat": WRONG_INPUT,
    "resources.judging.importer.Rejected": WRONG_INPUT,
    "resources.judging.inbox.NotAFile": WRONG_INPUT,
    "resources.lake.broken.LakeBroken": WRONG_INPUT,
    "resources.lake.journal.JournalBroken": WRONG_INPUT,
    "resources.lake.journal.JournalFull": PARTIAL,
    "resources.lake.lock.WriterBusy": PARTIAL,
    "resources.lake.specs.Archived": WRONG_INPUT,
    "resources.lake.specs.NotPinned": WRONG_INPUT,
    "resources.models.embedded.EmbeddedModelError": WRONG_INPUT,
    "resources.models.registry.MissingKey": WRONG_INPUT,
    "resources.models.tape.TapeBroken": WRONG_INPUT,
    "wiring.keys.KeysMissing": WRONG_INPUT,
    "resources.dagster.subprocess_recorder.RunStoreUnavailable": PARTIAL,
    "wiring.settings.SettingsError": WRONG_INPUT,
    "wiring.processes.up.AlreadyUp": WRONG_INPUT,
    "wiring.processes.up.PortTaken": WRONG_INPUT,
}
"""By qualified name, so that the table imports nothing; a test resolves each."""


OS_CODES = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS), PARTIAL),
    **dict.fromkeys((errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG), WRONG_INPUT),
}
"""Room and permissions can be mended and the command run again; a path that cannot be is wrong input."""


def code_of(error: BaseException) -> int | None:
    """Return the exit code of an error that people can mend; None for a defect."""
    if isinstance(error, OSError) and error.errno in OS_CODES:
        return OS_CODES[error.errno]
    for kind in type(error).__mro__:
        code = CODES.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return code
    return None


def sentence_of(error: BaseException) -> str:
    """Return what to tell a person.

    An error of the system with its path and with what to do, any other as it says itself.
    """
    if not isinstance(error, OSError) or type(error).__module__ != "builtins" or error.errno not in OS_CODES:
        return str(error)
    where = f" at {error.filename}" if error.filename else ""
    what = "make room or correct its permissions" if OS_CODES[error.errno] == PARTIAL else "name another path"
    return f"{error.strerror or error}{where}: {what}, then run again; nothing that was kept is lost"
