"""Drawing scenarios by area."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.benchmark.draw import DrawError, allotment, draw
from core.benchmark.scenario import Scenario


def _scenarios(**counts: int) -> list[Scenario]:
    return [Scenario(f"{area}-{n}", area, "en", {}) for area, count in counts.items() for n in range(count)]


def test_largest_remainder_with_ties_by_name() -> None:
    """Seven places over 4, 4 and 2: shares 2.8, 2.8, 1.4, so the first two round up."""
    assert allotment({"b": 4, "a": 4, "c": 2}, 7) == {"a": 3, "b": 3, "c": 1}
    assert allotment({"b": 1, "a": 1, "c": 1}, 2) == {"a": 1, "b": 1, "c": 0}


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 9), min_size=1), st.data())
def test_every_area_gets_its_share_within_one(counts: dict[str, int], data: st.DataObject) -> None:
    """The shares sum to n, never pass an area's size, and stay within one of proportion."""
    total = sum(counts.values())
    n = data.draw(st.integers(1, total))
    shares = allotment(counts, n)
    assert sum(shares.values()) == n
    for area, count in counts.items():
        assert shares[area] <= count
        assert abs(shares[area] - n * count / total) < 1


@given(st.integers(0, 2**31 - 1), st.integers(1, 12))
def test_a_draw_is_a_set_that_depends_on_seed_and_ids_alone(seed: int, n: int) -> None:
    """Order of the catalog does not matter, nothing is drawn twice, areas are in order."""
    scenarios = _scenarios(work=6, sleep=3, food=3)
    drawn = draw(scenarios, n, seed)
    assert draw(scenarios[::-1], n, seed) == drawn
    assert len({scenario.id for scenario in drawn}) == n
    areas = [scenario.area or "" for scenario in drawn]
    assert areas == sorted(areas)
    assert Counter(areas) == Counter({a: s for a, s in allotment({"work": 6, "sleep": 3, "food": 3}, n).items() if s})


def test_other_seeds_draw_others() -> None:
    """Two seeds rarely agree."""
    scenarios = _scenarios(work=40)
    assert draw(scenarios, 10, 1) != draw(scenarios, 10, 2)


def test_more_than_there_are_is_refused_with_both_numbers() -> None:
    """The message names what was asked and what there is."""
    with pytest.raises(DrawError, match="n_scenarios is 4 and the catalog holds 3"):
        draw(_scenarios(work=3), 4, 0)
    with pytest.raises(DrawError, match="holds 0"):
        draw([], None, 0)
