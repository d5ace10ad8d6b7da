"""What records change of a pin."""

from typing import Any

import msgspec

from core.benchmark.amendments import amended, endpoint_on_record, transported
from core.benchmark.model import Endpoint, Model
from core.benchmark.records import ModelAmended, TransportRecord

OLD, NEW = Endpoint("far", "http://one.invalid/v1"), Endpoint("far", "http://two.invalid/v1")
MODEL = Model("m", "openai", model="m-1", endpoint=OLD)


def test_where_a_model_is_reached_shapes_no_answer() -> None:
    """Another address, key, limit or price keeps the hash; another name, parameter or catalog name does not."""
    for field in ({"endpoint": NEW}, {"price_in": 3.0}, {"parameters_b": 7.0}, {"threads": 2}):
        assert msgspec.structs.replace(MODEL, **field).generation_hash == MODEL.generation_hash
    for changed in (
        {"name": "n"},
        {"model": "m-2"},
        {"omit": ("seed",)},
        {"max_tokens_field": "x"},
        {"extra": {"a": 1}},
    ):
        assert msgspec.structs.replace(MODEL, **changed).generation_hash != MODEL.generation_hash


def test_the_hash_of_an_entry_is_the_one_that_homes_hold() -> None:
    """A later version must find the same keys: this value changes only with the home's format."""
    assert Model("m", "openai", model="m-1").generation_hash == HASH


HASH = "5886b8c18a0d7d073af5e10fba653839958c7f984fdd6916b31236f8148e4378"


def test_the_last_amendment_takes_the_place_of_the_entry(make_spec: Any) -> None:
    """Other models stay as they are pinned."""
    spec = make_spec()
    first = ModelAmended(msgspec.structs.replace(spec.models[0], omit=("seed",)), "tester", "t1")
    last = ModelAmended(msgspec.structs.replace(spec.models[0], omit=("stop",)), "tester", "t2")
    assert amended(spec, []) is spec
    found = amended(spec, [first, last])
    assert found.models[0].omit == ("stop",)
    assert found.models[1:] == spec.models[1:]


def test_an_endpoint_is_the_last_on_record() -> None:
    """Without a record it is the entry's own."""
    assert endpoint_on_record(MODEL, []) == OLD
    assert endpoint_on_record(MODEL, [TransportRecord("m", NEW, "tester", "t1")]) == NEW
    assert endpoint_on_record(MODEL, [TransportRecord("n", NEW, "tester", "t1")]) == OLD


def test_todays_endpoint_is_taken_by_name_also_behind_a_tape() -> None:
    """A model that is not in the catalog any more, or has another provider there, keeps its own."""
    today = {"m": msgspec.structs.replace(MODEL, endpoint=NEW)}
    tape = Model("t", "tape", source="m", source_model=MODEL, tape="t.jsonl")
    assert transported(MODEL, today).endpoint == NEW
    assert transported(MODEL, {}) == MODEL
    assert transported(MODEL, {"m": Model("m", "template")}) == MODEL
    found = transported(tape, today)
    assert found.source_model is not None
    assert found.source_model.endpoint == NEW
