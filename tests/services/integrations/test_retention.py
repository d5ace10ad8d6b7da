"""Export, erasure and retention of connections and their items."""

import json

from services.integrations.retention import integrations_retention
from services.integrations.tables import AUTHORIZATIONS, CONNECTIONS, ITEMS
from tests.services.integrations.calendar_peer import calendar, event, tagged
from tests.services.integrations.world import World

MEETING = event("m", ":20270115T100000Z", ":20270115T110000Z", SUMMARY="CANARY meeting")
BEGUN = {
    "id": "secret-state",
    "user": "user-a",
    "session": "secret-session",
    "provider": "todoist",
    "time_zone": "Europe/Berlin",
    "expires_at": 1.8e9,
}


def _exported(world: World, user: str) -> str:
    with world.engine.begin() as connection:
        tables = integrations_retention(world.sealer)
        return json.dumps([list(each.export(connection, user)) for each in tables if each.export])


def test_a_user_takes_all_of_theirs_and_leaves_nothing(world: World) -> None:
    """It has host, report, items and what is being connected, no secret; erasing leaves the other user's."""
    world.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    for user in ("user-a", "user-b"):
        world.connect(user=user)
    with world.engine.begin() as connection:
        connection.execute(AUTHORIZATIONS.insert().values(BEGUN))
    exported = _exported(world, "user-a")
    assert all(word in exported for word in ("CANARY meeting", "127.0.0.1", "1 item of 2 components", "todoist"))
    assert not any(word in exported for word in ("secret-a", "secret-state", "secret-session"))
    tables = integrations_retention(world.sealer)
    with world.engine.begin() as connection:
        assert [each.erase(connection, "user-a") for each in tables if each.erase] == [0, 1, 0, 0, 0, 1, 1]
        assert [each.erase(connection, "user-a") for each in tables if each.erase] == [0, 0, 0, 0, 0, 0, 0]
    assert (world.rows()[CONNECTIONS.name], world.rows()[ITEMS.name]) == (1, 1)
    assert json.loads(_exported(world, "user-a")) == [[], [], [], [], [], [], []]


def test_items_end_with_the_window_that_was_read(here: World) -> None:
    """A connection that is read no more keeps nothing of what is over."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    here.connect()
    (prune,) = [each.prune for each in integrations_retention(here.sealer) if each.prune and each.table is ITEMS]
    for days, pruned in ((27, 0), (29, 1), (30, 0)):
        with here.engine.begin() as connection:
            assert prune(connection, here.now + days * 86_400.0) == pruned
    assert (here.rows()[CONNECTIONS.name], here.rows()[ITEMS.name]) == (1, 0)


def test_what_cannot_be_opened_is_said_in_the_export(here: World) -> None:
    """A damaged row hides none of the others."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    here.connect()
    with here.engine.begin() as connection:
        for table in (CONNECTIONS, ITEMS):
            connection.execute(table.update().values(sealed=b"damaged"))
    assert _exported(here, "user-a").count('"readable": false') == 2
