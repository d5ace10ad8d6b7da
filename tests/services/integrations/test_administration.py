"""What admins see: counts by provider and state, and the vault's keys, one of which may be missing."""

from contracts.integrations.administration import ConnectionHealthView
from contracts.integrations.connections import ConnectionProvider
from services.integrations.vault.rotation import rotate
from tests.services.integrations.calendar_peer import calendar, event, status, tagged
from tests.services.integrations.world import World

MEETING = event("m", ":20270115T100000Z", ":20270115T110000Z", SUMMARY="Review")


def _counts(world: World, provider: ConnectionProvider) -> tuple[int, ...]:
    views = {each.provider: each for each in world.integrations.connection_health()}
    assert list(views) == list(ConnectionProvider)
    view: ConnectionHealthView = views[provider]
    return view.connected, view.failing, view.late, view.reconnect, view.revoking


def test_connections_are_counted_by_what_they_need(world: World) -> None:
    """A failing one and a late one are connected, a lost one is not; providers without any have zeros."""
    icalendar = ConnectionProvider.ICALENDAR
    assert _counts(world, icalendar) == (0, 0, 0, 0, 0)
    made = []
    for path in ("/a.ics", "/b.ics", "/c.ics"):
        world.peer.answers[path] = tagged(calendar(MEETING))
        made.append(world.connect(path))
    world.peer.answers |= {"/a.ics": status(500), "/b.ics": status(404)}
    for each in made[:2]:
        world.integrations.sync("user-a", each.id)
    assert _counts(world, icalendar) == (2, 1, 0, 1, 0)
    world.now += 7_201.0
    assert _counts(world, icalendar) == (2, 1, 2, 1, 0)
    assert _counts(world, ConnectionProvider.TODOIST) == (0, 0, 0, 0, 0)


def test_a_grant_that_is_not_revoked_yet_is_counted(with_todoist: World) -> None:
    """Until its provider answers."""
    assert with_todoist.provider is not None
    made = with_todoist.authorize(ConnectionProvider.TODOIST)
    with_todoist.provider.answers["/api/v1/revoke"] = status(503)
    with_todoist.integrations.disconnect("user-a", made.id)
    assert _counts(with_todoist, ConnectionProvider.TODOIST) == (0, 0, 0, 0, 1)


def test_keys_are_listed_with_what_they_wrap(here: World) -> None:
    """The newest first; after a rotation all is under it, and one that is lost is named while it wraps anything."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    here.connect()
    here.now += 60.0
    rotate(here.integrations._store, here.keys, here.now)  # noqa: SLF001  # the store that the command opens
    newest, older = here.integrations.vault_keys()
    assert [(each.newest, each.given, each.there, each.wraps) for each in (newest, older)] == [
        (True, False, True, 1),
        (False, False, True, 0),
    ]
    here.keys.destroy(newest.id)
    left, lost = here.integrations.vault_keys()
    assert (left.id, left.newest, lost.id, lost.there, lost.wraps) == (older.id, True, newest.id, False, 1)
