"""Which cells serve: by lower bound, under a ceiling, two in each area, and some that are not the best."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tips.selection import LEFT_OUT, PER_AREA, BoardCell, SelectionRule, choose_cells

AREAS = ("sleep", "work", "money")
CELL = BoardCell("m", "p", 0.6, 0.5, 1.0, 20, provisional=False, areas=frozenset(AREAS), data_hash="a")


def _cells(*lows: float | None) -> list[BoardCell]:
    return [replace(CELL, model=f"m{at}", low=low) for at, low in enumerate(lows)]


def _arms(cells: list[BoardCell], **rule: object) -> list[str]:
    return [cell.model for cell in choose_cells(cells, SelectionRule(**rule)).chosen]  # type: ignore[arg-type]  # fields of several types


def test_the_best_by_lower_bound_come_first_and_ties_go_by_scenarios_and_name() -> None:
    """A higher score with a lower bound below does not win."""
    cells = [
        replace(CELL, model="wide", score=0.9, low=0.3),
        replace(CELL, model="b"),
        replace(CELL, model="a"),
        replace(CELL, model="c", n_scenarios=30),
    ]
    assert _arms(cells, best=3, low_ranked=0.0) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("changed", "rule", "code"),
    [
        ({"low": None}, {}, "no_score"),
        ({"score": None}, {}, "no_score"),
        ({"provisional": True}, {}, "provisional"),
        ({"cost_per_1k": None}, {"max_cost_per_1k": 2.0}, "no_cost"),
        ({"cost_per_1k": 2.1}, {"max_cost_per_1k": 2.0}, "cost"),
        ({"areas": frozenset()}, {}, "no_tips"),
        ({"low": 0.1}, {"best": 2, "low_ranked": 0.0}, "not_chosen"),
    ],
)
def test_a_cell_that_may_not_serve_has_a_reason(changed: dict[str, object], rule: dict[str, object], code: str) -> None:
    """The others serve all the same; a cost that is not known counts only against a ceiling."""
    odd = replace(CELL, model="odd", **changed)  # type: ignore[arg-type]  # fields of several types
    found = choose_cells([odd, *_cells(0.5, 0.5)], SelectionRule(**rule))  # type: ignore[arg-type]  # fields of several types
    assert found.left_out == {"odd/p": code}
    assert len(found.chosen) == 2
    assert code in LEFT_OUT


def test_of_a_cell_on_two_leaderboards_the_one_with_more_scenarios_counts() -> None:
    """A small new board does not undo a large one."""
    large, small = replace(CELL, low=0.2, n_scenarios=50), replace(CELL, low=0.9, n_scenarios=5, data_hash="b")
    for both in ([large, small], [small, large]):
        assert choose_cells(both, SelectionRule()).chosen == [large]


def test_an_area_of_which_the_best_do_not_write_has_two_cells_as_well() -> None:
    """The next best that write about it serve too, and count as low-ranked ones."""
    cells = [*_cells(0.9, 0.8, 0.7), *(replace(CELL, model=f"sport{n}", areas=frozenset(["sport"])) for n in range(3))]
    assert _arms(cells, best=2) == ["m0", "m1", "sport0", "sport1"]


def test_which_low_ranked_cells_come_changes_with_the_publication() -> None:
    """Of eight that are not the best two come at a time; over publications each has its turn."""
    cells = _cells(*[1 - at / 10 for at in range(10)])
    drawn = [_arms([replace(cell, data_hash=str(n)) for cell in cells], best=2, low_ranked=0.5) for n in range(60)]
    assert all(each[:2] == ["m0", "m1"] and len(each) == 4 for each in drawn)
    assert {name for each in drawn for name in each} == {cell.model for cell in cells}


def test_equal_rules_have_equal_hashes() -> None:
    """What was written and what was left to defaults makes no difference; another number does."""
    assert SelectionRule(best=6).hash == SelectionRule().hash
    assert SelectionRule(best=7).hash != SelectionRule().hash


POINT = st.none() | st.sampled_from([0.0, 0.25, 0.5, 0.5000000000001, 1.0])
BOARD = st.builds(
    BoardCell,
    model=st.sampled_from("abcdefgh"),
    prompt=st.sampled_from("pq"),
    score=POINT,
    low=POINT,
    cost_per_1k=st.none() | st.sampled_from([0.0, 1.0, 5.0]),
    n_scenarios=st.integers(0, 3),
    provisional=st.booleans(),
    areas=st.frozensets(st.sampled_from(AREAS)),
    data_hash=st.sampled_from("xy"),
)
BOARDS = st.lists(BOARD, max_size=14, unique_by=lambda cell: (cell.arm, cell.data_hash))
"""A leaderboard has a cell once."""
RULE = st.builds(
    SelectionRule,
    best=st.integers(1, 6),
    low_ranked=st.sampled_from([0.0, 0.2, 0.5]),
    max_cost_per_1k=st.none() | st.sampled_from([0.0, 2.0]),
)


@settings(max_examples=60, deadline=None)
@given(cells=BOARDS, rule=RULE, order=st.randoms(use_true_random=False))
def test_whatever_the_boards_the_promises_hold(cells: list[BoardCell], rule: SelectionRule, order: object) -> None:
    """Every arm is chosen or left out, none without a reason; bounds, ceiling, areas and share are as promised."""
    found = choose_cells(cells, rule)
    arms = [cell.arm for cell in found.chosen]
    assert sorted([*arms, *found.left_out]) == sorted({cell.arm for cell in cells})
    assert all(cell.low is not None and not cell.provisional and cell.areas for cell in found.chosen)
    if rule.max_cost_per_1k is not None:
        assert all((cell.cost_per_1k or 0.0) <= rule.max_cost_per_1k for cell in found.chosen)
    lows = [round(cell.low or 0.0, 9) for cell in found.chosen]
    assert lows == sorted(lows, reverse=True)
    unchosen = [cell for cell in cells if found.left_out.get(cell.arm) == "not_chosen"]
    for area in AREAS:
        if any(area in cell.areas for cell in unchosen if cell in _counted(cells)):
            assert sum(area in cell.areas for cell in found.chosen) >= PER_AREA
    others = max(0, len(arms) - rule.best)
    if unchosen:
        assert len(arms) >= rule.best
        assert others >= rule.low_ranked * (rule.best + others) - 1e-6
    shuffled = list(cells)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a Random
    assert [cell.arm for cell in choose_cells(shuffled, rule).chosen] == arms


def _counted(cells: list[BoardCell]) -> list[BoardCell]:
    """The rows that count of cells on several boards."""
    newest: dict[str, BoardCell] = {}
    for cell in cells:
        before = newest.get(cell.arm)
        if before is None or (cell.n_scenarios, cell.data_hash) > (before.n_scenarios, before.data_hash):
            newest[cell.arm] = cell
    return list(newest.values())
