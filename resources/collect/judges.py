"""Which judges a launch or an export records: people, agents, programs, and those of the catalog with a definition."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from core.benchmark.amendments import transported
from core.benchmark.model import Model
from core.benchmark.options import OptionError
from core.benchmark.records import (
    KINDS,
    JudgeConflict,
    JudgeKind,
    JudgeRecord,
    Record,
    definitions_of,
    judge_kind,
    judges_of,
    parse_judge,
    raters_of,
    refuse_other_tasks,
)
from core.benchmark.spec import Options, Spec
from core.judging.model_judges.ceiling import JudgeAnyway, JudgeModelAmended, used_anyway
from core.judging.model_judges.definition import BY_COMMAND, JudgeDefinition, differences
from core.judging.programs import PROGRAMS, UNUSABLE
from resources.bench_context import BenchContext
from resources.catalog import judge_names
from resources.collect.model_changes import models_of_today
from resources.judging.model_judges.journals import judge_journal_of
from resources.lake.journal import read_index
from resources.lake.specs import add_records, read_records

NEAR = 2
"""Edits within which an unknown name is taken for a slip of a judge of the catalog."""
NO_KINDS: Mapping[str, JudgeKind] = MappingProxyType({})
Requested = Sequence[tuple[str, JudgeKind | None]]


def new_judges(
    requested: Requested,
    known: Mapping[str, JudgeKind],
    author: str,
    at: str,
    inherited: Mapping[str, JudgeKind] = NO_KINDS,
) -> list[JudgeRecord]:
    """Return records for the requested judges that are not known yet, none of whom is one of the catalog.

    Raise JudgeConflict if one is known with another kind, here or in what is extended (`inherited`), or is to be a
    program that does not exist.
    """
    new: dict[str, JudgeKind] = {}
    for judge, kind in requested:
        decided = judge_kind(judge, kind, {**inherited, **known, **new})
        if judge in known:
            continue
        if decided == "program" and judge not in {*PROGRAMS, *inherited}:
            said = (
                f"there is no program {judge!r} that could judge: use {', '.join(PROGRAMS)}, or a judge of another kind"
            )
            raise JudgeConflict(said, ("judges",))
        new[judge] = decided
    return [JudgeRecord(judge, kind, author, at) for judge, kind in new.items()]


def joining_judges(
    bench: BenchContext, requested: Requested, records: Sequence[Record], before: Sequence[Record] = ()
) -> list[JudgeRecord]:
    """Return what `new_judges` does, judges of the catalog among them with the definition that is pinned from now on.

    A name means the judge on record, else the one on the record of what is extended (`before`), with the definition
    pinned there, else the catalog's. Raise JudgeConflict where the catalog defines a judge on record in another way,
    where it has no such kind for a name, or where a name is a slip of one of its own.
    """
    known, inherited = judges_of(records), raters_of(before)
    pinned, old = definitions_of(records), definitions_of(before)
    entries = judge_names(bench.layers)
    named = [judge for judge, _ in requested]
    if unusable := next((UNUSABLE[judge] for judge in named if judge in UNUSABLE), None):
        raise JudgeConflict(unusable, ("judges",))
    today = _definitions(bench, [n for n in named if n in entries and (n in pinned or n not in {*known, *inherited})])
    for judge, kind in requested:
        if judge in pinned and judge in today:
            _refuse_another(judge, pinned[judge], today[judge])
        if judge in today:
            _refuse_kind(judge, kind, today[judge])
        elif judge not in {*known, *inherited, *PROGRAMS} and kind is None:
            _refuse_slip(judge, entries)
    kinds = dict(inherited) | {judge: definition.entry.kind for judge, definition in today.items()}
    found = new_judges(requested, known, bench.author, bench.now(), kinds)
    definitions = today | old
    return [
        JudgeRecord(each.judge, each.kind, each.author, each.at, definition=definitions.get(each.judge))
        for each in found
    ]


def model_of_today(bench: BenchContext, definition: JudgeDefinition) -> Model:
    """Return a judge's pinned model, reached and priced as the catalog says today."""
    today = models_of_today(bench)
    model, entry = transported(definition.model, today), today.get(definition.model.name)
    if entry is None or entry.provider != model.provider:
        return model
    priced = {"price_in": entry.price_in, "price_out": entry.price_out}
    if model.source_model is None or entry.source_model is None:
        return msgspec.structs.replace(model, **priced)
    source = entry.source_model
    recorded = msgspec.structs.replace(model.source_model, price_in=source.price_in, price_out=source.price_out)
    return msgspec.structs.replace(model, **priced, source_model=recorded)


def mended_judge_models(bench: BenchContext, spec: Spec, records: Sequence[Record]) -> list[JudgeModelAmended]:
    """Return the records by which today's entries of judges' models take the place of pinned ones that never worked.

    As of models that write tips: the server turned the pinned one down, and no request has a final outcome. A judge
    that is taken over with what `spec` extends keeps its own.
    """
    definitions = definitions_of(records)
    today = models_of_today(bench) if definitions else {}
    found = []
    for judge, own in definitions.items():
        entry = today.get(own.model.name)
        if entry is None or entry.provider != own.model.provider:
            continue
        if entry.generation_hash != own.model.generation_hash and _never_worked(bench, spec, judge):
            found.append(JudgeModelAmended(judge, entry, bench.author, bench.now()))
    return found


def _never_worked(bench: BenchContext, spec: Spec, judge: str) -> bool:
    if spec.extends and judge in definitions_of(read_records(bench.home, spec.extends)):
        return False
    index = read_index(judge_journal_of(bench.home, spec.experiment, judge))
    return bool(index.misconfigured) and not index.final


def check_judge_prices(bench: BenchContext, records: Sequence[Record]) -> None:
    """Raise OptionError, which names each judge on record whose model has no price: no ceiling on judging could hold.

    Models that are local or in this process cost nothing where no price says otherwise. Nor does a command that is
    a program; what any other one costs is not known.
    """
    unknown = []
    for judge, definition in definitions_of(records).items():
        if definition.entry.command and definition.entry.kind != "program":
            said = f"max_judge_cost: what the command of judge {judge} costs is not known here"
            raise OptionError(f"{said}: leave the ceiling out", ("max_judge_cost",))
        model = model_of_today(bench, definition)
        if model.has_unknown_price:
            unknown.append(f"{model.priced.name} of judge {judge}")
    if unknown:
        said = f"max_judge_cost: the price of {', '.join(unknown)} is not known"
        raise OptionError(f"{said}: give price_in and price_out in models.toml", ("max_judge_cost",))


def anyway_records(
    bench: BenchContext, records: Sequence[Record], joining: Sequence[Record], options: Options
) -> list[JudgeAnyway]:
    """Return the record that the judges of the catalog here are used whatever their trials show.

    Raise OptionError where `anyway` is given and no such judge takes part; a project's default waits for one.
    """
    judges = definitions_of([*records, *joining])
    if not (bench.defaults.anyway if options.anyway is None else options.anyway):
        return []
    if not judges and options.anyway:
        said = "anyway is given and no judge of the catalog takes part: add judges=NAME, or leave anyway out"
        raise OptionError(said, ("anyway",))
    named = [judge for judge in judges if judge not in used_anyway(records)]
    return [JudgeAnyway(tuple(named), bench.author, bench.now())] if named else []


def refuse_entries(bench: BenchContext, judges: Sequence[str], records: Sequence[Record]) -> None:
    """Raise JudgeConflict if one of the judges is of the catalog, none of which answers on a page or in a folder."""
    entries = {*judge_names(bench.layers), *definitions_of(records)} - (
        judges_of(records).keys() - definitions_of(records).keys()
    )
    found = next((judge for judge in judges if judge in entries), None)
    if found is not None:
        said = f"{found} is a judge of the catalog, which is asked inside run: tipbench run NAME --judge {found}"
        raise JudgeConflict(said, ("judges",))


def record_judges(bench: BenchContext, name: str, judges: Sequence[str]) -> bool:
    """Append the judges that are not on record yet and return whether there were any.

    Raise Archived or JudgeConflict.
    """
    state = bench.on_record(name).open()
    requested = [parse_judge(text) for text in judges]
    refuse_other_tasks(state.records, [judge for judge, _ in requested])
    mended = mended_judge_models(bench, state.pinned(), state.records)
    new: list[Record] = [*mended, *joining_judges(bench, requested, [*state.records, *mended])]
    add_records(bench.home, name, new)
    return bool(new)


def _definitions(bench: BenchContext, judges: Sequence[str]) -> dict[str, JudgeDefinition]:
    """Return today's definitions of these judges of the catalog; raise JudgeConflict for one that cannot judge yet."""
    if not judges:
        return {}
    catalog, found = bench.catalog(), dict[str, JudgeDefinition]()
    for judge in judges:
        entry = catalog.judges[judge]
        if entry.model is None:
            found[judge] = JudgeDefinition(entry, BY_COMMAND)
            continue
        model = catalog.models[entry.model]
        if model.provider == "template":
            said = f"{judge} is the model {model.name}, which writes tips and judges none: give it another model"
            raise JudgeConflict(said, ("judges",))
        found[judge] = JudgeDefinition(entry, model)
    return found


def _refuse_another(judge: str, pinned: JudgeDefinition, today: JudgeDefinition) -> None:
    if found := differences(pinned, today):
        said = f"{judge} is pinned here, and the catalog defines it in another way ({', '.join(found)})"
        hint = "give the new one a name of its own, or leave --judge out to go on with the pinned one"
        raise JudgeConflict(f"{said}: {hint}", ("judges",))


def _refuse_kind(judge: str, kind: JudgeKind | None, definition: JudgeDefinition) -> None:
    if kind is not None and kind != definition.entry.kind:
        said = f"judge {judge!r} is of kind {definition.entry.kind} in the catalog and cannot be {kind}"
        raise JudgeConflict(f"{said}: use another judge id", ("judges",))


def _refuse_slip(judge: str, entries: set[str]) -> None:
    near = next((entry for entry in sorted(entries) if _edits(judge, entry) <= NEAR), None)
    if near is not None:
        said = f"there is no judge {judge!r} yet: did you mean {near} of the catalog?"
        raise JudgeConflict(f"{said} {judge}={KINDS[0]} makes it a person", ("judges",))


def _edits(one: str, other: str) -> int:
    """Return how many letters must be put in, left out or changed to come from one name to the other (Levenshtein)."""
    before = list(range(len(other) + 1))
    for row, own in enumerate(one, 1):
        now = [row]
        for column, theirs in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (own != theirs)))
        before = now
    return before[-1]
