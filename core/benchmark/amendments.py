"""What records change of a pin: entries of models that never answered, and where models are reached."""

from collections.abc import Mapping, Sequence

import msgspec

from core.benchmark.model import Endpoint, Model
from core.benchmark.records import ModelAmended, Record, TransportRecord
from core.benchmark.spec import Spec


def amended(spec: Spec, records: Sequence[Record]) -> Spec:
    """Return the spec in which each amended model's last amendment replaces its pinned entry."""
    changed = {record.model.name: record.model for record in records if isinstance(record, ModelAmended)}
    if not changed:
        return spec
    return msgspec.structs.replace(spec, models=tuple(changed.get(model.name, model) for model in spec.models))


def endpoint_on_record(model: Model, records: Sequence[Record]) -> Endpoint | None:
    """Return the endpoint at which a model was last reached, else that of its last entry.

    None if the entry has none.
    """
    for record in reversed(records):
        if isinstance(record, TransportRecord) and record.model == model.name:
            return record.endpoint
        if isinstance(record, ModelAmended) and record.model.name == model.name:
            return record.model.endpoint
    return model.endpoint


def transported(model: Model, today: Mapping[str, Model]) -> Model:
    """Return the model with the endpoint that `today` has for its name; the source of a tape is moved in the same way.

    A model that `today` lacks, or lists under another provider or without an endpoint, keeps its own endpoint.
    """
    entry = today.get(model.name)
    if model.source_model is not None:
        model = msgspec.structs.replace(model, source_model=transported(model.source_model, today))
    if entry is None or entry.provider != model.provider or entry.endpoint is None:
        return model
    return msgspec.structs.replace(model, endpoint=entry.endpoint)
