"""What today's catalog changes of a pinned experiment: how its models are reached, and entries that never worked."""

from collections.abc import Sequence

from core.benchmark.amendments import endpoint_on_record, transported
from core.benchmark.grid import grid
from core.benchmark.model import Model
from core.benchmark.records import ModelAmended, Record, TransportRecord
from core.benchmark.spec import Spec
from core.judging.model_judges.ceiling import JudgeModelAmended
from resources.bench_context import BenchContext
from resources.catalog import CatalogError
from resources.lake.candidates import collected_index


def models_of_today(bench: BenchContext) -> dict[str, Model]:
    """Return the catalog's models by name; none if the catalog cannot be read, so that the pin holds."""
    try:
        return dict(bench.catalog().models)
    except CatalogError:
        return {}


def reached_today(bench: BenchContext, models: Sequence[Model]) -> tuple[Model, ...]:
    """Return the pinned models with the endpoints that the catalog has for their names now."""
    today = models_of_today(bench)
    return tuple(transported(model, today) for model in models)


def model_changes(bench: BenchContext, spec: Spec, records: Sequence[Record]) -> list[Record]:
    """Return the records that today's catalog calls for, none if it agrees with the pin and the records.

    A model's mended entry is taken over as long as none of its generations is final and its configuration was rejected;
    of every other model only the endpoint.
    """
    today, changes = models_of_today(bench), list[Record]()
    for model in spec.models:
        entry = today.get(model.name)
        if entry is None or entry.provider != model.provider:
            continue
        if entry.generation_hash != model.generation_hash and _never_worked(bench, spec, model):
            changes.append(ModelAmended(entry, bench.author, bench.now()))
        elif entry.endpoint is not None and entry.endpoint != endpoint_on_record(model, records):
            changes.append(TransportRecord(model.name, entry.endpoint, bench.author, bench.now()))
    return changes


def sentences(changes: Sequence[Record]) -> list[str]:
    """Return a sentence for each change of a model, for people to read."""
    lines = []
    for change in changes:
        if isinstance(change, ModelAmended):
            lines.append(
                f"model {change.model.name}: its mended catalog entry replaces the pinned one, which never worked"
            )
        if isinstance(change, JudgeModelAmended):
            lines.append(
                f"judge {change.judge}: the mended catalog entry of its model {change.model.name} replaces the pinned "
                "one, which never worked"
            )
        if isinstance(change, TransportRecord):
            lines.append(f"model {change.model} is from here on reached at {change.endpoint.base_url}")
    return lines


def _never_worked(bench: BenchContext, spec: Spec, model: Model) -> bool:
    index = collected_index(bench.home, spec.experiment)
    cells = [cell for cell, (place, _) in enumerate(spec.cells) if spec.models[place].name == model.name]
    keys = {generation.key for generation in grid(spec, cells)}
    return bool(keys & index.misconfigured) and not keys & index.final
