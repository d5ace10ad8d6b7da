"""Connections from the first sync to the last trace, over a real peer."""

import pytest
import sqlalchemy as sa

from contracts.integrations.connections import MOST_CONNECTIONS, ConnectionState, SyncOutcome
from contracts.modules.events import NoticeRequestedV1
from contracts.refusals import Conflict, InProgress, InvalidInput, NotFound, Refusal
from services.integrations.connectors.connector import ProviderFailed
from services.integrations.module import ConnectionsErased
from services.integrations.tables import CONNECTIONS
from tests.byte_search import found
from tests.services.integrations.calendar_peer import calendar, endless, event, status, tagged
from tests.services.integrations.world import NOTHING, World

MEETING = event("m", ":20270115T100000Z", ":20270115T110000Z", SUMMARY="Review CANARY-meeting")
LUNCH = event("l", ";TZID=Europe/Berlin:20270115T120000", ";TZID=Europe/Berlin:20270115T130000", SUMMARY="Lunch")
DAILY = event("d", ":20270101T070000Z", ":20270101T071500Z", SUMMARY="Run", RRULE="FREQ=DAILY")


def test_a_calendar_is_connected_read_and_removed(world: World) -> None:
    """Its items are there at once, a sync without change moves nothing, what was deleted there is deleted here."""
    path = "/secret-a.ics"
    world.peer.answers[path] = tagged(calendar(MEETING, LUNCH))
    made = world.connect()
    assert (made.state, made.host, made.time_zone) == (ConnectionState.CONNECTED, "127.0.0.1", "Europe/Berlin")
    assert made.last_sync is not None
    assert (made.last_sync.outcome, made.last_sync.items, made.last_sync.components) == (SyncOutcome.SYNCED, 2, 3)
    assert world.titles(made) == ["Review CANARY-meeting", "Lunch"]
    again = world.integrations.sync("user-a", made.id)
    assert again.last_sync is not None
    assert (again.last_sync.outcome, again.last_sync.items) == (SyncOutcome.UNCHANGED, 2)
    assert "if-none-match" in world.peer.last
    world.peer.answers[path] = tagged(calendar(LUNCH, DAILY))
    assert world.integrations.sync("user-a", made.id).last_sync != again.last_sync
    assert world.titles(made)[:3] == ["Lunch", "Run", "Run"]
    assert [each.id for each in world.integrations.connections("user-a").connections] == [made.id]
    world.integrations.disconnect("user-a", made.id)
    assert world.rows() == NOTHING


def test_nothing_that_was_read_lies_in_the_clear(here: World) -> None:
    """Neither a title, nor the address, nor its host is in any file of the home."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    here.connect()
    assert found(here.home.root, [b"CANARY-meeting", b"secret-a.ics", f"127.0.0.1:{here.peer.port}".encode()]) == {}


def test_others_have_nothing_of_it(here: World) -> None:
    """A connection of another user is not there."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    made = here.connect()
    for call in (
        lambda: here.integrations.sync("user-b", made.id),
        lambda: here.integrations.items("user-b", made.id, 5),
        lambda: here.integrations.disconnect("user-b", made.id),
    ):
        with pytest.raises(NotFound):
            call()
    assert here.integrations.connections("user-b").connections == []
    here.connect(user="user-b")


def test_a_calendar_is_connected_once_and_ten_are_the_most(here: World) -> None:
    """The second time is refused without a request to it, and so is the eleventh."""
    for number in range(MOST_CONNECTIONS + 1):
        here.peer.answers[f"/{number}.ics"] = tagged(calendar(MEETING))
    for number in range(MOST_CONNECTIONS):
        here.connect(f"/{number}.ics")
    requests = len(here.peer.seen)
    with pytest.raises(Conflict, match="connected already"):
        here.connect("/3.ics")
    with pytest.raises(Conflict, match="the most"):
        here.connect("/10.ics")
    assert len(here.peer.seen) == requests


@pytest.mark.parametrize(
    ("answer", "refused", "says"),
    [
        (status(200, b"<!doctype html><title>Sign in</title>"), InvalidInput, "a page of HTML"),
        (status(200, b"PK\x03\x04"), InvalidInput, "no calendar"),
        (status(200, calendar(MEETING)[:-20]), InvalidInput, "before its end"),
        (status(200, b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR"), InvalidInput, "RFC 5545"),
        (status(200, calendar(*["BEGIN:VEVENT\r\nEND:VEVENT"] * 20_000)), InvalidInput, "20001 components"),
        (status(404), InvalidInput, "answers 404"),
        (status(301, Location="http://10.0.0.1/a.ics"), InvalidInput, "may not be asked"),
        (status(302, Location="http://127.0.0.1:1/a.ics"), InvalidInput, "may not be asked"),
        (status(429, Retry_After="60"), ProviderFailed, "another time"),
        (status(500), ProviderFailed, "answers 500"),
        (status(304), ProviderFailed, "answers 304"),
        (endless, ProviderFailed, "is over 10485760 bytes"),
    ],
)
def test_what_is_no_calendar_connects_nothing(here: World, answer: object, refused: type[Refusal], says: str) -> None:
    """The refusal says what came, and nothing is stored."""
    here.peer.answers["/secret-a.ics"] = answer  # type: ignore[assignment]  # each is an Answering
    with pytest.raises(refused, match=says) as raised:
        here.connect()
    assert "secret-a" not in str(raised.value)
    assert here.rows() == NOTHING


def test_a_zone_of_the_user_that_does_not_exist_is_refused(here: World) -> None:
    """Before any request."""
    with pytest.raises(InvalidInput, match="no such time zone"):
        here.connect(time_zone="Mars/Olympus")
    assert here.peer.seen == []


def test_a_failure_leaves_what_was_read(here: World) -> None:
    """The report says what failed; a provider that wants to be waited for is not asked until then."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    made = here.connect()
    here.peer.answers["/secret-a.ics"] = status(500)
    failed = here.integrations.sync("user-a", made.id)
    assert failed.last_sync is not None
    assert (failed.last_sync.outcome, failed.last_sync.code) == (SyncOutcome.FAILED, "status-500")
    here.peer.answers["/secret-a.ics"] = status(429, Retry_After="3600")
    assert here.integrations.sync("user-a", made.id).retry_at is not None
    requests = len(here.peer.seen)
    with pytest.raises(Refusal, match="wants to be asked after") as raised:
        here.integrations.sync("user-a", made.id)
    assert (raised.value.code, len(here.peer.seen)) == ("RATE_LIMITED", requests)
    assert here.titles(made) == ["Review CANARY-meeting"]
    here.now += 3_601.0
    here.peer.answers["/secret-a.ics"] = tagged(calendar(LUNCH))
    assert here.integrations.sync("user-a", made.id).retry_at is None


def test_an_address_that_ended_is_said_once(here: World) -> None:
    """The connection wants its user, who gets one notice, and is asked nothing by itself until a sync succeeds."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    made = here.connect()
    here.peer.answers["/secret-a.ics"] = status(410)
    for _ in range(2):
        lost = here.integrations.sync("user-a", made.id)
        assert (lost.state, lost.next_sync_at) == (ConnectionState.RECONNECT, None)
    notices = here.published(NoticeRequestedV1)
    assert [(each.topic, each.title) for each in notices] == [("connections", "A calendar can no longer be read")]
    here.now += 90_000.0
    assert not here.integrations.sync_due()
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING, LUNCH))
    assert here.integrations.sync("user-a", made.id).state is ConnectionState.CONNECTED


def test_a_sync_is_done_by_one_at_a_time(here: World) -> None:
    """While it is claimed another is refused; a claim whose process was killed is over after five minutes."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    made = here.connect()
    claimed = CONNECTIONS.update().values(claimed_until=here.now + 300.0)
    with here.engine.begin() as connection:
        connection.execute(claimed)
    with pytest.raises(InProgress):
        here.integrations.sync("user-a", made.id)
    here.now += 301.0
    assert here.integrations.sync("user-a", made.id).last_sync is not None


def test_what_is_disconnected_during_a_sync_stays_so(here: World) -> None:
    """What the provider answers afterwards is stored nowhere."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    made = here.connect()

    def meanwhile(handler: object) -> None:
        here.integrations.disconnect("user-a", made.id)
        tagged(calendar(LUNCH))(handler)  # type: ignore[arg-type]  # it is the peer's handler

    here.peer.answers["/secret-a.ics"] = meanwhile
    with pytest.raises(NotFound):
        here.integrations.sync("user-a", made.id)
    assert here.rows() == NOTHING


def test_a_window_that_ends_soon_is_read_anew(here: World) -> None:
    """Two weeks later the same calendar is read whole, so that what recurs goes on."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(DAILY))
    made = here.connect()
    here.now += 15 * 86_400.0
    later = here.integrations.sync("user-a", made.id)
    assert later.last_sync is not None
    assert later.last_sync.outcome is SyncOutcome.SYNCED
    assert "if-none-match" not in here.peer.last
    assert len(here.titles(made)) == 28


def test_an_erased_user_connects_nothing(here: World) -> None:
    """Their key is destroyed, so that nothing of theirs can be sealed or read."""
    here.peer.answers["/secret-a.ics"] = tagged(calendar(MEETING))
    here.connect()
    here.sealer.destroy("user-a")
    with pytest.raises(ConnectionsErased):
        here.integrations.connections("user-a")
    here.peer.answers["/b.ics"] = tagged(calendar(MEETING))
    with pytest.raises(ConnectionsErased):
        here.connect("/b.ics")
    with here.engine.connect() as connection:
        assert len(connection.execute(sa.select(CONNECTIONS.c.id)).all()) == 1
