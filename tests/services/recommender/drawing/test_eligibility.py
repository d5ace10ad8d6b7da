"""Eligibility as a function: each rule, their order, and that no arm is lost between drawn and left out."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.modules.profile import Caps, Preferences, Quiet, Weekday
from contracts.tips.recommendations import Surface
from services.recommender.drawing.eligibility import (
    SAYS,
    ServedHistory,
    ServedTip,
    TipSituation,
    eligible_arms,
    short_reasons,
)
from services.recommender.people import TipReader
from services.recommender.promotion.pauses import PausedTips
from tests.services.recommender.world import CATALOG, START

UTC, WEEK_S, NOTHING = ZoneInfo("UTC"), 7 * 86_400.0, ServedHistory()
TIPS = [tip for cell in CATALOG.cells for tip in cell.tips]
ALL = frozenset(tip.id for tip in TIPS)
AGREED = {"push": 1, "external-model": 1}
NOW_QUIET = (Quiet(Weekday.FRI, "07:00", "09:00"),)


def _codes(reader: TipReader, history: ServedHistory = NOTHING, **given: Any) -> set[str]:
    situation = TipSituation(**{"surface": Surface.PUSH, "at": START, "zone": UTC, "repeat_after_s": WEEK_S, **given})
    return set(eligible_arms(CATALOG, situation, reader, history).left_out.values())


SERVED = tuple(ServedTip(tip.id, tip.area, Surface.PUSH, START - 60) for tip in TIPS)
HIDING = ServedHistory(served=SERVED, hidden_tips=ALL)
BLOCKED = Preferences(caps=Caps(per_24h=0), quiet=NOW_QUIET, muted=("sleep", "work"))
OPEN = Preferences(caps=Caps(per_24h=50, per_day=50, per_topic=50))


@pytest.mark.parametrize(
    ("code", "reader", "history"),
    [
        ("consent", TipReader(preferences=BLOCKED), HIDING),
        ("consent", TipReader(preferences=OPEN, consents={"push": 0, "external-model": 1}), ServedHistory()),
        ("hidden", TipReader(preferences=BLOCKED, consents=AGREED), HIDING),
        ("repeat", TipReader(preferences=BLOCKED, consents=AGREED), ServedHistory(served=SERVED)),
        ("cap", TipReader(preferences=BLOCKED, consents=AGREED), ServedHistory()),
        (
            "quiet",
            TipReader(preferences=Preferences(quiet=NOW_QUIET, muted=("sleep", "work")), consents=AGREED),
            ServedHistory(),
        ),
        ("muted", TipReader(preferences=Preferences(muted=("sleep", "work")), consents=AGREED), ServedHistory()),
    ],
)
def test_the_rules_hold_in_their_order(code: str, reader: TipReader, history: ServedHistory) -> None:
    """Where several rules forbid everything, the first of the declared order is the reason."""
    assert _codes(reader, history) == {code}


def test_all_is_eligible_where_nothing_forbids_it() -> None:
    """With consents, and without caps, quiet hours and muted topics no arm is left out."""
    assert _codes(TipReader(preferences=OPEN, consents=AGREED)) == set()


def test_quiet_hours_and_caps_are_of_surfaces_that_reach_out() -> None:
    """In the app a tip is there for who looks, at any hour and however many there were."""
    reader = TipReader(preferences=Preferences(caps=Caps(per_24h=0), quiet=NOW_QUIET), consents=AGREED)
    assert _codes(reader, surface=Surface.PAGE) == set()
    assert _codes(reader, zone=ZoneInfo("Asia/Tokyo")) == {"cap"}


def test_an_area_without_a_tip_is_said() -> None:
    """A cell that has no tip of the area is out before any other rule looks at it."""
    assert _codes(TipReader(), area="money") == {"area"}


def test_a_kind_is_the_cell_in_an_area() -> None:
    """Whoever wants no more of one cell about sleep gets its tips about work."""
    history = ServedHistory(hidden_kinds=frozenset({("template/terse", "sleep")}))
    situation = TipSituation(Surface.PAGE, START, UTC, WEEK_S)
    found = eligible_arms(CATALOG, situation, TipReader(), history)
    assert {tip.area for tip in found.tips["template/terse"]} == {"work"}
    assert {tip.area for tip in found.tips["template/coach"]} == {"sleep", "work"}


def test_a_paused_tip_or_cell_leaves_the_others() -> None:
    """What is paused is taken from its cell alone, whose other tips are served."""
    paused = PausedTips(frozenset({"coach-sleep-0"}), frozenset({"template/terse"}))
    situation = TipSituation(Surface.PAGE, START, UTC, WEEK_S, "sleep", paused)
    found = eligible_arms(CATALOG, situation, TipReader(consents=AGREED), NOTHING)
    assert found.left_out == {"template/terse": "paused"}
    assert [tip.id for tip in found.tips["template/coach"]] == ["coach-sleep-1"]
    assert len(found.tips["vendor/large/long"]) == 2


@given(
    st.sets(st.sampled_from(sorted(ALL))),
    st.sets(st.sampled_from(sorted(ALL))),
    st.sampled_from(Surface),
    st.sampled_from([None, "sleep", "work"]),
    st.booleans(),
)
def test_every_arm_is_drawn_from_or_has_a_reason(
    hidden: set[str],
    served: set[str],
    surface: Surface,
    area: str | None,
    agreed: bool,  # made by hypothesis
) -> None:
    """No arm is in both or in neither, what is left was neither served nor hidden, and the counts of reasons add up."""
    history = ServedHistory(served=[each for each in SERVED if each.tip in served], hidden_tips=frozenset(hidden))
    reader = TipReader(preferences=OPEN, consents=AGREED if agreed else {})
    found = eligible_arms(CATALOG, TipSituation(surface, START, UTC, WEEK_S, area), reader, history)
    assert sorted([*found.tips, *found.left_out]) == sorted(cell.arm for cell in CATALOG.cells)
    left = {tip.id for tips in found.tips.values() for tip in tips}
    assert not left & (hidden | served)
    reasons = short_reasons(found.left_out)
    assert sum(each.cells for each in reasons) == len(found.left_out)
    order = list(SAYS)
    assert [order.index(each.code) for each in reasons] == sorted(order.index(each.code) for each in reasons)
