"""Numbers of rows by first appearance, and whether rows say the same of what they share."""

from typing import Any

import msgspec
import pytest

from resources.adoption.coded import coded
from resources.adoption.rows import Adopted

FIRST = Adopted(
    file=0, line=1, model="north", prompt="p", scenario_id="s1", scenario={"text": "Rain."}, area="west", locale=None,
    tip_index=0, text="Take a coat.", latency_ms=None, tokens_in=None, tokens_out=None, cost=None, scores={},
)  # fmt: skip


def _other(**changed: Any) -> Adopted:
    return msgspec.structs.replace(FIRST, **changed)


def test_names_are_numbered_by_first_appearance() -> None:
    """Models, prompts and scenarios each, and cells as pairs of the first two."""
    rows = [
        FIRST,
        _other(model="south", scenario_id="s0"),
        _other(prompt="a"),
        _other(model="a", prompt="a", scenario_id="s0"),
        _other(tip_index=1),
    ]
    found = coded(rows)
    assert (found.models, found.prompts, found.scenarios) == (["north", "south", "a"], ["p", "a"], ["s1", "s0"])
    assert found.cells == [(0, 0), (1, 0), (0, 1), (2, 1)]
    assert (found.cell.tolist(), found.scenario.tolist()) == ([0, 1, 2, 3, 0], [0, 1, 0, 1, 0])
    assert found.firsts == rows[:2]


@pytest.mark.parametrize(
    ("other", "agree"),
    [
        ({"tip_index": 1}, True),
        ({"tip_index": 1, "scenario": {"text": "Rain."}}, True),
        ({"model": "south"}, True),
        ({"scenario_id": "s2", "area": None, "scenario": {"text": "Sun."}}, True),
        ({"text": "Stay in."}, False),
        ({"tip_index": 1, "scenario": {"text": "Sun."}}, False),
        ({"tip_index": 1, "area": "east"}, False),
        ({"tip_index": 1, "locale": "en"}, False),
    ],
)
def test_rows_agree_unless_a_generation_stands_twice_or_a_scenario_is_two(
    other: dict[str, Any], *, agree: bool
) -> None:
    """What differs otherwise is another row."""
    assert coded([_other(tip_index=2), FIRST, _other(**other)]).agree() == agree
    assert not coded([FIRST, FIRST]).agree()
