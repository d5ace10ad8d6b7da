"""Free hours in the reasons of tips: by the zone's clock, and of what calendars say now."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.tips.recommendations import Surface, TipRequest
from services.recommender.drawing.free_hours import with_free_hour, without_free_hour
from services.recommender.module import RecommenderModule
from services.recommender.settings import RecommenderTable
from tests.services.recommender.world import CATALOG, START, StandingTips, World

BERLIN = ZoneInfo("Europe/Berlin")
SAYS = "; your calendar is free on Friday from 11:00 to 12:00"


class Calendars:
    """Implements contracts.integrations.calendar_time.CalendarTime with one hour, which a test changes."""

    def __init__(self) -> None:
        self.hour: float | None = START + 7_200.0
        self.zones = list[str]()

    def free_hour(self, transaction: Transaction, user: str, zone: Callable[[], ZoneInfo], now: float) -> float | None:
        """Return the hour as it is, and note the zone."""
        assert (type(transaction), user, now) == (sa.Connection, "user-a", START)
        self.zones.append(zone().key)
        return self.hour


def test_each_tip_says_the_hour(here: World) -> None:
    """On the day and in the zone where it begins, and nothing without one; the tips are the same."""
    made = here.ask(k=2)
    timed = with_free_hour(made, START + 7_200.0, lambda: BERLIN)
    assert [tip.reason for tip in timed.tips] == [tip.reason + SAYS for tip in made.tips]
    assert (timed.decision, [tip.text for tip in timed.tips]) == (made.decision, [tip.text for tip in made.tips])
    assert with_free_hour(made, None, lambda: BERLIN) is made
    assert without_free_hour(timed) == without_free_hour(made) == made


def test_the_first_screen_says_it_as_it_is_now(here: World) -> None:
    """The tip that stands names another hour once the calendar has, and none once it is removed; no row has it."""
    calendars = Calendars()
    module = RecommenderModule(here.context(RecommenderTable()), StandingTips(CATALOG), calendars=calendars)
    requested = module.recommend("user-a", TipRequest(surface=Surface.PAGE, context={"time_zone": "Europe/Berlin"}))
    assert requested.tips[0].reason.endswith(SAYS)
    first = module.standing("user-a")
    assert first.tips[0].reason.endswith("from 10:00 to 11:00")
    assert calendars.zones == ["Europe/Berlin", "UTC"]
    calendars.hour = None
    again = module.standing("user-a")
    assert (again.decision, "calendar" in again.tips[0].reason) == (first.decision, False)
