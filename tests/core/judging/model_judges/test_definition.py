"""The pinned definition of a judge, and what differs from it."""

import msgspec

from core.benchmark.model import Endpoint, Model
from core.judging.judge_entry import JudgeEntry
from core.judging.model_judges.definition import JudgeDefinition, differences

ENTRY = JudgeEntry("luna", "model", model="m", prompt="{tip}")
LUNA = JudgeDefinition(ENTRY, Model("m", "openai", model="m-1"))


def test_transport_and_prices_are_no_part_of_a_definition() -> None:
    """Where a model is reached and what it costs changes no answer, so it differs in nothing."""
    moved = msgspec.structs.replace(LUNA.model, endpoint=Endpoint("e", "http://127.0.0.1/v1"), price_in=1.0)
    other = JudgeDefinition(ENTRY, moved)
    assert differences(LUNA, other) == []
    assert other.hash == LUNA.hash


def test_what_differs_is_named() -> None:
    """Fields of the entry, its prompt among them, and those of the model under it."""
    entry = msgspec.structs.replace(ENTRY, prompt="Judge {tip}", max_tokens=9)
    other = JudgeDefinition(entry, msgspec.structs.replace(LUNA.model, model="m-2", price_out=1.0))
    assert differences(LUNA, other) == ["prompt", "max_tokens", "model.model"]
    assert other.hash != LUNA.hash
