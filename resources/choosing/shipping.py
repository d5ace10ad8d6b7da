"""Hands a cell over as the one to use, and takes that back: both on the record of its experiment."""

import msgspec

from core.benchmark.spec import Spec
from core.choosing.choice import DECIDED
from core.choosing.hand_over import ShippedCell, without_transport
from core.choosing.limits import named
from core.choosing.records import ChoiceRecord, ShipRecord, ShipUndone
from core.scoring.gates import Gates, check_cell
from resources.bench_context import BenchContext
from resources.choosing.shipped import last_shipped, ships_in_force
from resources.home import Home
from resources.judging.scores import Scores
from resources.lake.broken import read_value
from resources.lake.specs import add_records
from resources.scoring.computing import compute
from resources.storage.files import pretty


def ship(bench: BenchContext, spec: Spec, cell: str, anyway: str | None = None) -> ShippedCell | str:
    """Record that a cell of an experiment is the one to use from now on, and return what is handed over.

    Return why not where no decision on today's scores is for it and no reason is given to ship it `anyway`, and where
    it is provisional or without a score, which is never shipped. Raise UnknownCell, or Archived.
    """
    check_cell(Gates(cell=cell), spec.cell_names())
    records = bench.on_record(spec.experiment).open().records
    computed = compute(bench, spec)
    row = named(computed.rows)[cell]
    data = Scores(bench.home, spec.experiment, spec.rubric).snapshot_hash
    made = [each for each in records if isinstance(each, ChoiceRecord) and (each.data, each.cell) == (data, cell)]
    verdict = next((each for each in reversed(made) if each.decision in DECIDED), None)
    if row.score is None or row.provisional:
        return (
            f"{cell} is {'without a score' if row.score is None else 'provisional'}, and such a cell is never shipped"
        )
    if verdict is None and not (anyway and anyway.strip()):
        said = f"no decision on today's scores of {spec.experiment} is for {cell}"
        return f"{said}: run choose, or give a reason with --anyway, which is recorded"
    model, prompt = spec.cells[["/".join(name) for name in spec.cell_names()].index(cell)]
    before = last_shipped(bench)
    given = ShippedCell(
        experiment=spec.experiment,
        number=sum(isinstance(each, ShipRecord) for each in records) + 1,
        cell=cell,
        model=without_transport(spec.models[model]),
        prompt=spec.prompts[prompt],
        temperature=spec.temperature or 0.0,
        data=data,
        data_hash=computed.data_hash,
        figures=row,
        verdict=None if verdict is None else verdict.decision,
        options={} if verdict is None else verdict.options,
        anyway=None if verdict is not None else anyway,
        replaces=None if before is None else before[1].cell,
        author=bench.author,
        at=bench.now(),
    )
    while not bench.home.storage.blobs.put_if_absent(_key(bench.home, spec.experiment, given.number), pretty(given)):
        given = msgspec.structs.replace(given, number=given.number + 1)  # another one was shipped meanwhile
    add_records(bench.home, spec.experiment, [_record(given)])
    return given


def undo_ship(bench: BenchContext, spec: Spec) -> ShippedCell | str | None:
    """Record that the last hand-over of an experiment no longer counts, and return the one that does again.

    None where none does; why not where the experiment has none to take back. Raise Archived.
    """
    in_force = ships_in_force(bench.on_record(spec.experiment).open().records)
    if not in_force:
        return f"nothing of {spec.experiment} is shipped, so nothing can be taken back"
    add_records(bench.home, spec.experiment, [ShipUndone(in_force[-1].number, bench.author, bench.now())])
    before = last_shipped(bench)
    return (
        None
        if before is None
        else read_value(bench.home.storage.blobs, _key(bench.home, before[0], before[1].number), ShippedCell)
    )


def _record(given: ShippedCell) -> ShipRecord:
    return ShipRecord(
        given.number,
        given.cell,
        given.cell_hash,
        given.data,
        given.verdict,
        given.anyway,
        given.replaces,
        given.author,
        given.at,
    )


def _key(home: Home, name: str, number: int) -> str:
    return home.key(name, "ships", f"{number:03d}.json")
