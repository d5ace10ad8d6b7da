"""Channels of a calendar of Google's, over a peer that opens and stops them as its API does."""

import pytest
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, UserConnection
from kit.http.webhook_signatures import BadSignature
from services.integrations.connectors.configured import configured
from services.integrations.health import channel_faults
from services.integrations.settings import IntegrationsTable
from services.integrations.sync_worker import SyncWorker
from services.integrations.tables import CHANNELS
from tests.byte_search import found
from tests.services.integrations.calendar_peer import status
from tests.services.integrations.oauth_peer import SECRET, Requested
from tests.services.integrations.provider_apis import GoogleApi, Said
from tests.services.integrations.world import NOTHING, START, World

GOOGLE = ConnectionProvider.GOOGLE_CALENDAR
WATCH, STOP = "/calendar/v3/calendars/primary/events/watch", "/calendar/v3/channels/stop"
DAY_S = 86_400.0


@pytest.fixture
def made(with_google: World) -> UserConnection:
    """A connection that was read, and of which nothing is said yet."""
    return with_google.authorize(GOOGLE)


def _steps(world: World) -> int:
    """How many times the worker finds something to do."""
    worker, done = SyncWorker(world.integrations), 0
    while worker.step():
        done += 1
    return done


def _opened(world: World, google: GoogleApi) -> Said:
    """The one channel, once the worker has opened it."""
    _steps(world)
    (channel,) = google.channels.values()
    return channel


def test_a_channel_is_opened_replaced_and_stopped(with_google: World, google: GoogleApi, made: UserConnection) -> None:
    """It is replaced a day before its end, the one before is stopped, and with the connection the last one is."""
    google.ends_ms = int((START + 6 * DAY_S) * 1_000)
    channel = _opened(with_google, google)
    assert channel["address"] == "https://tips.example/webhooks/providers/google-calendar"
    assert channel["params"] == {"ttl": str(7 * 86_400)}
    assert found(with_google.home.root, [channel["token"].encode(), b"resource-a"]) == {}
    with_google.now = START + 5 * DAY_S - 1.0
    _steps(with_google)
    assert list(google.channels) == [channel["id"]]
    with_google.now += 1.0
    google.ends_ms = None
    assert _opened(with_google, google)["id"] != channel["id"]
    with pytest.raises(BadSignature):
        with_google.integrations.take_provider_message(GOOGLE, google.message(channel))
    with_google.integrations.disconnect("user-a", made.id)
    assert (google.channels, with_google.rows()) == ({}, NOTHING)
    assert with_google.provider is not None
    assert with_google.provider.refresh == {}


@pytest.mark.usefixtures("made")
def test_who_is_erased_has_their_channel_stopped(with_google: World, google: GoogleApi) -> None:
    """Before the grant ends, without which it could not be."""
    _opened(with_google, google)
    assert with_google.integrations.take_back("user-a")
    assert (google.channels, with_google.rows()) == ({}, NOTHING)


@pytest.mark.parametrize("path", [WATCH, STOP])
@pytest.mark.parametrize("code", [403, 404, 429, 500])
def test_a_provider_that_refuses_channels_is_read_all_the_same(
    with_google: World, google: GoogleApi, made: UserConnection, path: str, code: int
) -> None:
    """It is asked again an hour later and then more rarely; no removal waits for it, and no connection is lost."""
    provider = with_google.provider
    assert provider is not None
    provider.answers[path] = status(code, b"<html>no</html>")
    for _ in range(5):
        _steps(with_google)
        with_google.now += 1_800.0
    assert provider.requested(WATCH) == (2 if path == WATCH else 1)
    assert {each.state for each in with_google.integrations.connections("user-a").connections} == {made.state}
    with with_google.engine.begin() as connection:
        ends_at = connection.execute(sa.select(CHANNELS.c.ends_at)).scalar_one()
    assert (ends_at is None) == (path == WATCH), "its user's export names no end of what never was"
    with_google.integrations.disconnect("user-a", made.id)
    assert (provider.refresh, with_google.rows()) == ({}, NOTHING)
    assert provider.requested(STOP) == len(google.channels) == (0 if path == WATCH else 1)


def test_whose_key_was_destroyed_gets_no_channel(with_google: World, google: GoogleApi, made: UserConnection) -> None:
    """What was opened is stopped, and not opened again at each look."""
    with_google.sealer.destroy("user-a")
    assert _steps(with_google) == 1
    assert _steps(with_google) == 0
    assert with_google.provider is not None
    assert (google.channels, with_google.provider.requested(WATCH)) == ({}, 1)
    assert made.id


def test_another_grant_has_another_channel(with_google: World, google: GoogleApi, made: UserConnection) -> None:
    """It may be another account's, of which the channel before says nothing."""
    before = _opened(with_google, google)
    assert with_google.authorize(GOOGLE).id == made.id
    assert _opened(with_google, google)["id"] != before["id"]


def test_a_connection_that_ends_while_its_channel_is_opened_leaves_none(
    with_google: World, google: GoogleApi, made: UserConnection
) -> None:
    """Stop at once what was opened for it, and store nothing."""
    provider = with_google.provider
    assert provider is not None

    def before(requested: Requested) -> None:
        if requested.path == WATCH:
            with with_google.engine.begin() as connection:
                connection.execute(sa.text("DELETE FROM integrations_connections"))

    tokens = dict(provider.access)
    provider.before = before
    _steps(with_google)
    assert with_google.rows() == NOTHING
    assert provider.access == tokens
    assert made.id not in str(google.channels)


def test_two_processes_leave_one_channel(with_google: World, google: GoogleApi, made: UserConnection) -> None:
    """Whoever stores theirs second has it stopped."""
    provider, other = with_google.provider, with_google.module()
    assert provider is not None

    def before(requested: Requested) -> None:
        if requested.path == WATCH:
            provider.before = lambda _: None
            assert other.watch_due()

    provider.before = before
    channel = _opened(with_google, google)
    with with_google.engine.begin() as connection:
        assert connection.execute(sa.select(CHANNELS.c.name)).scalar_one() == channel["id"]
    assert provider.requested(WATCH) == 2
    assert made.id


@pytest.mark.parametrize(
    ("origin", "sends_to"),
    [("http://127.0.0.1:8000", None), ("https://a.example", "https://a.example/webhooks/providers/google-calendar")],
)
def test_only_an_https_address_is_given(with_google: World, origin: str, sends_to: str | None) -> None:
    """Ask for no channel where the app has no address that Google sends to: it is read every hour."""
    settings = with_google.settings()
    table = IntegrationsTable(origin=origin, google_calendar=settings.google_calendar)
    ((_, connector),) = configured(table, lambda _: SECRET, frozenset(), with_google.clock)
    assert getattr(connector, "sends_to", "") == sends_to


@pytest.mark.usefixtures("made")
def test_doctor_says_where_no_channel_is_opened(with_google: World) -> None:
    """Once it failed three times in a row, and no more once it is open; nothing where none was ever wanted."""
    provider, said = with_google.provider, list[list[tuple[str, str]]]()
    assert provider is not None
    said.append(list(channel_faults(with_google.engine)))
    provider.answers[WATCH] = status(400, b"{}")
    for _ in range(3):
        _steps(with_google)
        said.append(list(channel_faults(with_google.engine)))
        with_google.now += DAY_S
    del provider.answers[WATCH]
    _steps(with_google)
    said.append(list(channel_faults(with_google.engine)))
    assert said[:3] == [[], [("channels", "")], [("channels", "")]]
    assert said[4] == [("channels", "")]
    assert said[3][0][1].startswith("1 connection of which no provider says that it changed: read every hour")
