"""What was shipped: each hand-over on the record of its experiment, and the cell that is the champion now."""

from core.benchmark.records import Record
from core.benchmark.spec import Spec
from core.choosing.hand_over import cell_hash
from core.choosing.records import ShipRecord, ShipUndone
from resources.bench_context import BenchContext
from resources.lake.specs import read_records


def ships_in_force(records: list[Record]) -> list[ShipRecord]:
    """Return the hand-overs on a record that were not undone, oldest first."""
    undone = {record.number for record in records if isinstance(record, ShipUndone)}
    return [record for record in records if isinstance(record, ShipRecord) and record.number not in undone]


def last_shipped(bench: BenchContext) -> tuple[str, ShipRecord] | None:
    """Return the project's last hand-over that was not undone, with its experiment; None if there is none."""
    found = [
        (ship.at, name, ship)
        for name in bench.home.experiments()
        for ship in ships_in_force(read_records(bench.home, name))
    ]
    last = max(found, key=lambda each: each[0], default=None)
    return None if last is None else last[1:]


def champion_among(bench: BenchContext, spec: Spec) -> str | None:
    """Return the cell of an experiment that is the project's last shipped one, by content; None if it has none."""
    last = last_shipped(bench)
    if last is None:
        return None
    names = {
        cell_hash(spec.models[model], spec.prompts[prompt]): "/".join(name)
        for (model, prompt), name in zip(spec.cells, spec.cell_names(), strict=True)
    }
    return names.get(last[1].cell_hash)
