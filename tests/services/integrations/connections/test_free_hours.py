"""Free hours of what the last syncs read: of all calendars together, and of none that was not read lately."""

from zoneinfo import ZoneInfo

from services.integrations.connections.free_hours import FreeHours
from services.integrations.tables import CONNECTIONS
from tests.services.integrations.calendar_peer import calendar, event, status, tagged
from tests.services.integrations.world import START, World

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_S = 3_600.0


def _hour(world: World, user: str = "user-a") -> float | None:
    """How many hours after the start, which is nine o'clock in Berlin."""
    with world.engine.begin() as connection:
        found = FreeHours(world.sealer).free_hour(connection, user, lambda: BERLIN, world.now)
    return None if found is None else (found - START) / HOUR_S


def test_an_hour_is_free_in_all_calendars(world: World) -> None:
    """Nothing is known without one, a second takes away what the first leaves, and gives it back when it is removed."""
    world.peer.answers |= {
        "/a.ics": tagged(calendar(event("a", ":20270115T080000Z", ":20270115T093000Z"))),
        "/b.ics": tagged(calendar(event("b", ":20270115T100000Z", ":20270115T120000Z"))),
    }
    assert _hour(world) is None
    first = world.connect("/a.ics")
    assert _hour(world) == 2.0
    world.connect("/b.ics")
    assert _hour(world) == 4.0
    assert _hour(world, "user-b") is None
    world.integrations.disconnect("user-a", first.id)
    assert _hour(world) == 0.0


def test_a_calendar_that_is_read_no_more_says_nothing(here: World) -> None:
    """A day after its last sync, once its address ended, and where its row cannot be opened."""
    here.peer.answers["/a.ics"] = tagged(calendar(event("a", ":20270115T080000Z", ":20270115T093000Z")))
    made = here.connect("/a.ics")
    here.now += 24 * HOUR_S
    assert _hour(here) is None
    here.integrations.sync("user-a", made.id)
    assert _hour(here) == 24.0
    with here.engine.begin() as connection:
        connection.execute(CONNECTIONS.update().values(busy=b"damaged"))
    assert _hour(here) is None
    here.peer.answers["/a.ics"] = status(404)
    here.integrations.sync("user-a", made.id)
    assert _hour(here) is None
