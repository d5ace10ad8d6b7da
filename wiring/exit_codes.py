"""One table from what can go wrong to the command's exit code; what is not in it is a defect and stays masked."""

DONE, CHECK_FAILED, WRONG_INPUT, PARTIAL, DEFECT, INTERRUPTED = 0, 1, 2, 3, 70, 130

CODES: dict[str, int] = {
    "core.draw.DrawError": WRONG_INPUT,
    "core.names.InvalidName": WRONG_INPUT,
    "core.options.OptionError": WRONG_INPUT,
    "core.records.JudgeConflict": WRONG_INPUT,
    "core.records.UnknownBaseline": WRONG_INPUT,
    "core.render.RenderError": WRONG_INPUT,
    "core.spec.SpecMismatch": WRONG_INPUT,
    "resources.adoption.rows.AdoptRejected": WRONG_INPUT,
    "resources.adoption.store.NameTaken": WRONG_INPUT,
    "resources.catalog.catalog.DuplicateEntry": WRONG_INPUT,
    "resources.catalog.catalog.UnknownEntry": WRONG_INPUT,
    "resources.catalog.problems.CatalogError": WRONG_INPUT,
    "resources.computing.UnknownJudges": WRONG_INPUT,
    "resources.judging.importer.Rejected": WRONG_INPUT,
    "resources.judging.inbox.NotAFile": WRONG_INPUT,
    "resources.lake.journal.JournalBroken": WRONG_INPUT,
    "resources.lake.journal.JournalFull": PARTIAL,
    "resources.lake.lock.WriterBusy": PARTIAL,
    "resources.lake.specs.NotPinned": WRONG_INPUT,
    "resources.lake.specs.PinBroken": WRONG_INPUT,
    "resources.models.embedded.EmbeddedModelError": WRONG_INPUT,
    "resources.models.registry.MissingKey": WRONG_INPUT,
    "resources.models.tape.TapeBroken": WRONG_INPUT,
    "wiring.runs.RunStoreUnavailable": PARTIAL,
    "wiring.settings.SettingsError": WRONG_INPUT,
    "wiring.up.AlreadyUp": WRONG_INPUT,
    "wiring.up.PortTaken": WRONG_INPUT,
}
"""By qualified name, so that the table imports nothing; a test resolves each."""


def code_of(error: BaseException) -> int | None:
    """The exit code of an error that people can mend; None for a defect."""
    if isinstance(error, OSError) and error.errno in {13, 28, 30}:
        return PARTIAL
    for kind in type(error).__mro__:
        code = CODES.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return code
    return None
