"""Which old items a judge is shown again."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judging.anchors import OldItem, choose_anchors, number_of_anchors

GRID = [OldItem(f"{cell}-{scenario}-{tip}", cell, scenario)
        for cell in range(4) for scenario in range(6) for tip in range(2)]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "new", "old", "number"), [(0.2, 40, 99, 8), (0.2, 2, 99, 0), (0.5, 3, 99, 2), (1, 9, 4, 4), (0, 9, 4, 0)]
)
def test_their_number_is_a_share_of_the_new_items(share: float, new: int, old: int, number: int) -> None:
    """It is rounded, and no more than there are old ones."""
    assert number_of_anchors(share, new, old) == number


@given(count=st.integers(0, 60), seed=st.integers(0, 9), order=st.permutations(GRID))
def test_a_full_grid_is_drawn_evenly(count: int, seed: int, order: list[OldItem]) -> None:
    """As many as asked for, none twice, cells within one of each other, scenarios within two; in any order the same."""
    found = choose_anchors(order, count, seed=seed, judge="anna")
    assert found == choose_anchors(GRID, count, seed=seed, judge="anna")
    assert len({item.key for item in found}) == len(found) == min(count, len(GRID))
    for most, counts in (
        (1, Counter(dict.fromkeys(range(4), 0) | Counter(item.cell for item in found))),
        (2, Counter(dict.fromkeys(range(6), 0) | Counter(item.scenario for item in found))),
    ):
        assert max(counts.values()) - min(counts.values()) <= most


@given(pool=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=30), split=st.integers(0, 9))
def test_more_go_on_from_those_chosen(pool: list[tuple[int, int]], split: int) -> None:
    """Whatever the pool, a few and then more are the same as all at once."""
    items = [OldItem(str(place), *cell) for place, cell in enumerate(pool)]
    few = choose_anchors(items, split, seed=1, judge="anna")
    more = choose_anchors(items, 9 - len(few), seed=1, judge="anna", chosen=few)
    assert few + more == choose_anchors(items, 9, seed=1, judge="anna")


def test_seed_and_judge_decide() -> None:
    """Other seeds and other judges get others."""
    chosen = {
        (seed, judge): tuple(choose_anchors(GRID, 8, seed=seed, judge=judge)) for seed in (1, 2) for judge in "ab"
    }
    assert len(set(chosen.values())) == 4
