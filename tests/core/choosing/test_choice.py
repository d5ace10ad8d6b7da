"""The rule of choosing: what ships, what is equal, what stays, and what the data do not tell."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.choosing.choice import DECIDED, CellChoice, WrongMargin, choose, least_margin
from core.choosing.limits import ShipLimits, name_of
from core.scoring.leaderboard_row import Estimate, LeaderboardRow
from tests.core.choosing.rows import BOARD, LOOK, compared, row


def chosen(
    rows: list[LeaderboardRow], error: float = 0.02, limits: ShipLimits | None = None, scaled: float = 2.0, **more: Any
) -> CellChoice:
    """The decision at a margin of 0.2, on rows in the order of the cells."""
    scored = [each for each in rows if each.score is not None]
    got = compared(scored, error, scaled=scaled) if scored else None
    best_first = sorted(rows, key=lambda each: -(each.score or 0.0))
    given_here: dict[str, Any] = {"margin": 0.2, "champion": None, "board": BOARD, "look": LOOK, **more}
    return choose(best_first, [name_of(each) for each in rows], got, limits or ShipLimits(), **given_here)


def test_the_cheapest_that_is_surely_good_enough_ships() -> None:
    """Not the best, where a cheaper one is surely at most the margin worse; one that is worse by more does not."""
    made = chosen([row("best", 4.1, cost_per_1k=9.0), row("cheap", 4.02), row("bad", 3.5, cost_per_1k=0.1)])
    assert (made.decision, made.cell, made.equal_to) == ("tie", "cheap/p", ("best/p",))
    assert (made.score, made.best_of, made.scenarios_needed) == (4.02, 3, None)
    alone = chosen([row("best", 4.1), row("bad", 3.5, cost_per_1k=0.1)])
    assert (alone.decision, alone.cell, alone.equal_to) == ("ship", "best/p", ())


def test_an_unknown_price_comes_last_and_the_score_decides_among_equal_prices() -> None:
    """Then the order of the cells; the reason calls cheapest only what is cheaper than the others."""
    made = chosen([row("unknown", 4.1, cost_per_1k=None), row("dear", 4.0, cost_per_1k=5.0)])
    assert made.cell == "dear/p"
    assert made.reason.endswith("dear/p is the cheapest of them")
    assert chosen([row("one", 4.0), row("two", 4.05)]).cell == "two/p"
    alike = chosen([row("one", 4.0), row("two", 4.0)])
    assert alike.cell == "one/p"
    assert alike.reason.endswith("none is cheaper than one/p, and none that costs as much has a higher score")
    unknown = chosen([row("one", 4.0, cost_per_1k=None), row("two", 4.05, cost_per_1k=None)])
    assert unknown.reason.endswith("and two/p has the highest score of them, whose costs are not known")
    assert chosen([row("best", 4.1), row("bad", 3.5)]).reason.endswith(", the only one of those of which that is sure")


def test_too_little_data_is_said_with_what_is_missing() -> None:
    """No cell ships, and more scenarios are named; none where none suffices."""
    made = chosen([row("one"), row("two")], error=0.2)
    assert (made.decision, made.cell, made.score) == ("not_enough", None, None)
    assert made.scenarios_needed == 60
    assert "about 60 more scenarios would tell, in an experiment that extends none of these" in made.reason
    planned = chosen([row("one"), row("two")], error=0.2, look=msgspec.structs.replace(LOOK, of=2))
    assert planned.reason.endswith("about 60 more scenarios would tell")
    assert chosen([row("one"), row("two")], error=0.2, scaled=float("nan")).scenarios_needed is None
    stays = chosen([row("one"), row("two")], error=0.2, champion="two/p")
    assert stays.decision == "not_enough"
    assert stays.reason.endswith("until then keep two/p")


def test_what_is_missing_is_computed_once_and_only_where_it_is_said() -> None:
    """A decision needs no second pass over the draws."""
    rows, seen = [row("one"), row("two")], list[int]()

    def scaled(place: int) -> float:
        seen.append(place)
        return 2.0

    def made(error: float) -> CellChoice:
        got = replace(compared(rows, error), scaled=scaled)
        return choose(rows, ["one/p", "two/p"], got, ShipLimits(), margin=0.2, champion=None, board=BOARD, look=LOOK)

    assert made(0.02).decision in DECIDED
    assert seen == []
    assert made(0.2).scenarios_needed == 60
    assert seen == [0, 1]


def test_a_margin_below_the_noise_of_the_judges_is_said() -> None:
    """Whatever the decision is; at the limit, and without known noise, nothing is."""
    assert least_margin(0.5, 200) == pytest.approx(0.08225)
    made = chosen([row("one"), row("two")], judge_noise=2.0, answers=240)
    assert made.decision == "tie"
    assert made.reason.endswith(
        "; the margin is below 0.3, the least that judges tell whose answers to one tip differ so"
    )
    enough = chosen([row("one"), row("two")], judge_noise=1.0, answers=240)
    assert "below" not in enough.reason + chosen([row("one"), row("two")]).reason


def test_a_champion_stays_unless_there_is_a_reason_to_change() -> None:
    """One that is the found cell, or qualifies where that is neither cheaper nor surely better."""
    rows = [row("held", 4.0), row("new", 4.02)]
    assert (chosen(rows, champion="held/p").decision, chosen(rows, champion="held/p").cell) == ("keep", "held/p")
    assert chosen(rows, champion="new/p").cell == "new/p"
    cheaper = [row("held", 4.0), row("new", 4.0, cost_per_1k=0.5)]
    assert (chosen(cheaper, champion="held/p").decision, chosen(cheaper, champion="held/p").cell) == ("tie", "new/p")
    better = [row("held", 4.0), row("new", 4.15)]
    assert chosen(better, champion="held/p").cell == "new/p"
    worse = [row("held", 3.0), row("new", 4.0)]
    assert (chosen(worse, champion="held/p").decision, chosen(worse, champion="held/p").cell) == ("ship", "new/p")


def test_no_is_said_where_each_cell_breaks_a_limit_for_certain() -> None:
    """A point that is over or unknown, a floor above the whole interval, or one that nobody answered."""
    limits = ShipLimits(max_cost_per_1k=0.5)
    made = chosen([row("one"), row("two", cost_per_1k=None)], limits=limits)
    assert made.decision == "no"
    assert [(each.cell, each.limit, each.value) for each in made.failed] == [
        ("one/p", "max_cost_per_1k", 1.0),
        ("two/p", "max_cost_per_1k", None),
    ]
    assert chosen([row("one")], limits=ShipLimits(floors={"clear": 4.5})).decision == "no"
    unanswered = row("one", criteria={"limits": Estimate(None, None, None, gate=True, n=0)})
    assert chosen([unanswered], limits=ShipLimits(floors={"limits": 0.9})).decision == "no"


def test_a_floor_that_may_be_kept_or_not_is_not_enough() -> None:
    """Its interval holds the floor, so nothing is certain; below the lower limit to one side it is kept."""
    assert chosen([row("one"), row("two", 3.0)], limits=ShipLimits(floors={"clear": 4.2})).decision == "not_enough"
    assert chosen([row("one"), row("two", 3.0)], limits=ShipLimits(floors={"clear": 3.65})).cell == "one/p"


def test_who_breaks_a_limit_or_is_provisional_neither_ships_nor_competes() -> None:
    """They are named, with what they would gain over the found cell."""
    rows = [
        row("dear", 4.9, cost_per_1k=9.0),
        row("half", 4.8, provisional=True, coverage=0.5),
        row("elsewhere", 4.7, marks=("other_scenarios",)),
        row("fine", 4.0),
        row("unscored", None),
    ]
    made = chosen(rows, limits=ShipLimits(max_cost_per_1k=5.0))
    assert (made.decision, made.cell, made.best_of) == ("ship", "fine/p", 1)
    assert [(each.cell, round(each.gain or 0, 9)) for each in made.aside] == [
        ("dear/p", 0.9),
        ("half/p", 0.8),
        ("elsewhere/p", 0.7),
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"board": msgspec.structs.replace(BOARD, judge_kind="program")}, "rests on a program"),
        ({"look": msgspec.structs.replace(LOOK, number=2, unplanned=True)}, "look 2 was not planned"),
    ],
)
def test_a_program_and_an_unplanned_look_decide_nothing(changed: dict[str, Any], said: str) -> None:
    """However clear the scores are."""
    made = chosen([row("one"), row("two", 1.0)], **changed)
    assert made.decision == "not_enough"
    assert said in made.reason


def test_without_any_score_nothing_is_decided() -> None:
    """It is said so."""
    made = chosen([row("one", None)])
    assert (made.decision, made.reason, made.best_of) == ("not_enough", "no cell has a score yet", 0)


@pytest.mark.parametrize("margin", [0.0, -0.1, float("nan"), float("inf")])
def test_a_margin_is_a_positive_number(margin: float) -> None:
    """None lets equal cells be told apart; 0 names the command that does without."""
    with pytest.raises(WrongMargin, match="margin is"):
        chosen([row("one")], margin=margin)


def test_a_champion_is_a_cell() -> None:
    """Another one is refused with the cells that there are."""
    with pytest.raises(WrongMargin, match="champion three/p is no cell of this experiment: use one of one/p"):
        chosen([row("one")], champion="three/p")


ROWS = st.lists(st.tuples(st.floats(1, 5), st.none() | st.floats(0, 9), st.booleans()), min_size=1, max_size=6).map(
    lambda given: [row(f"m{n}", score, cost_per_1k=cost, provisional=p) for n, (score, cost, p) in enumerate(given)]
)


@given(ROWS, st.floats(0.001, 1), st.none() | st.integers(0, 5))
def test_what_is_decided_is_within_the_margin_of_every_rival(
    rows: list[LeaderboardRow], error: float, held: int | None
) -> None:
    """Whatever the scores: the decided cell competes, and no rival may be better by more; a bad pair never helps."""
    champion = name_of(rows[held]) if held is not None and held < len(rows) else None
    made = chosen(rows, error=error, champion=champion)
    named = {name_of(each): each for each in rows}
    assert (made.cell is None) == (made.decision not in DECIDED)
    if made.cell is not None:
        own = named[made.cell]
        assert not own.provisional
        rivals = [each for each in rows if not each.provisional and each is not own]
        assert all(own.score - each.score - 2 * error >= -0.2 - 1e-9 for each in rivals)  # type: ignore[operator]  # all have one
        assert made.cell not in made.equal_to


def test_a_pair_without_limits_lets_no_cell_ship() -> None:
    """A rival with too few degrees of freedom may be better by any amount."""
    rows = [row("one", 4.5), row("two", 2.0)]
    got = compared(rows, 0.01)
    got.has_limits[:] = False
    made = choose(
        rows, ["one/p", "two/p"], replace(got), ShipLimits(), margin=0.2, champion=None, board=BOARD, look=LOOK
    )
    assert made.decision == "not_enough"
