"""Messages of providers' own webhooks: who proves to be the provider has a connection read, once for many of them."""

import msgspec
import pytest
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, ProviderMessage, UserConnection
from kit.http.webhook_signatures import BadSignature
from services.integrations.module import IntegrationsModule
from services.integrations.sync_worker import SyncWorker
from services.integrations.tables import CHANNELS
from tests.byte_search import found
from tests.services.integrations.provider_apis import GoogleApi, Said, TodoistApi, timed
from tests.services.integrations.world import World

GOOGLE, TODOIST = ConnectionProvider.GOOGLE_CALENDAR, ConnectionProvider.TODOIST
EVENTS, SYNC = "/calendar/v3/calendars/primary/events", "/api/v1/sync"


def _requested(world: World, path: str) -> int:
    assert world.provider is not None
    return world.provider.requested(path)


def _channel(world: World, google: GoogleApi) -> tuple[UserConnection, Said]:
    """A connection, and the channel that the worker opened for it."""
    made = world.authorize(GOOGLE)
    assert SyncWorker(world.integrations).step()
    (channel,) = google.channels.values()
    return made, channel


def test_a_storm_of_messages_is_one_sync(with_google: World, google: GoogleApi) -> None:
    """A minute after the last one at the soonest; what comes again later, in whatever order, has it read once more."""
    made, channel = _channel(with_google, google)
    take = with_google.integrations.take_provider_message
    take(GOOGLE, google.message(channel, "sync", 1))
    with_google.now += 61.0
    assert not with_google.integrations.sync_due()
    google.put("new", **timed("2027-01-15T15:00:00Z", "2027-01-15T16:00:00Z", summary="New"))
    commits, syncs = list[object](), _requested(with_google, EVENTS)
    sa.event.listen(with_google.engine, "commit", commits.append)
    for number in range(300):
        take(GOOGLE, google.message(channel, "exists", 300 - number))
    assert len(commits) == 1
    assert with_google.integrations.sync_due()
    assert not with_google.integrations.sync_due()
    assert (with_google.titles(made), _requested(with_google, EVENTS)) == (["New"], syncs + 1)
    take(GOOGLE, google.message(channel))
    assert not with_google.integrations.sync_due()
    with_google.now += 60.0
    assert with_google.integrations.sync_due()


def test_whoever_has_no_token_gets_one_answer(with_google: World, google: GoogleApi) -> None:
    """For a channel that is there and one that is not alike; before anything is looked up, and nothing is read."""
    _, channel = _channel(with_google, google)
    with_google.now += 61.0
    bad = [
        channel | {"token": "0" * 64},
        channel | {"token": ""},
        channel | {"token": "\U0001f511"},
        channel | {"id": "no-channel"},
        channel | {"id": "", "token": ""},
    ]
    reads, says = list[object](), set[str]()
    sa.event.listen(with_google.engine, "before_cursor_execute", lambda *_: reads.append(None))
    messages = [google.message(each) for each in bad] + [ProviderMessage(headers={}, body=b"")]
    for message in messages:
        with pytest.raises(BadSignature) as refused:
            with_google.integrations.take_provider_message(GOOGLE, message)
        says.add(str(refused.value))
    assert (len(says), reads) == (1, [])
    with pytest.raises(BadSignature, match=says.pop()):
        with_google.module().take_provider_message(ConnectionProvider.GITHUB, google.message(channel))
    assert not with_google.integrations.sync_due()
    assert channel["token"] not in repr(google.message(channel))


def test_a_channel_that_nobody_stored_is_unknown(with_google: World, google: GoogleApi) -> None:
    """As after a kill between the provider's answer and our commit: it ends by itself, and another is opened."""
    _, lost = _channel(with_google, google)
    with with_google.engine.begin() as connection:
        connection.execute(CHANNELS.delete())
    with pytest.raises(BadSignature):
        with_google.integrations.take_provider_message(GOOGLE, google.message(lost))
    assert SyncWorker(with_google.integrations).step()
    assert len(google.channels) == 2


def test_a_connection_that_is_being_removed_takes_none(with_google: World, google: GoogleApi) -> None:
    """Its provider is away when it is to end the grant: nobody can tell from the answer that there was one."""
    made, channel = _channel(with_google, google)
    assert with_google.provider is not None
    with_google.provider.access.clear()
    with_google.provider.refresh.clear()
    with with_google.engine.begin() as connection:
        connection.execute(sa.text("UPDATE integrations_connections SET state = 'revoking'"))
    with pytest.raises(BadSignature):
        with_google.integrations.take_provider_message(GOOGLE, google.message(channel))
    assert made.id


def _todoist(world: World) -> UserConnection:
    made = world.authorize(TODOIST)
    world.now += 61.0
    return made


def test_an_event_has_tasks_read_whose_account_it_names(with_todoist: World, todoist: TodoistApi) -> None:
    """Of each user who connected that account, once for many events; what the account is called is stored nowhere."""
    made = _todoist(with_todoist)
    other = with_todoist.authorize(TODOIST, "user-b", "session-b")
    with_todoist.now += 61.0
    todoist.put("new", content="New", due={"date": "2027-01-16"})
    for event in ("item:added", "item:updated", "item:completed") * 20:
        with_todoist.integrations.take_provider_message(TODOIST, todoist.message(event))
    assert [with_todoist.integrations.sync_due() for _ in range(3)] == [True, True, False]
    assert with_todoist.titles(made) == with_todoist.titles(other, "user-b") == ["New"]
    hidden = [todoist.account.encode(), b"CANARY", b"someone@example.org"]
    assert found(with_todoist.home.root, hidden) == {}


@pytest.mark.parametrize("event", ["project:added", "note:added", "label:updated"])
def test_an_event_about_no_task_reads_nothing(with_todoist: World, todoist: TodoistApi, event: str) -> None:
    """It is taken, so that Todoist sends it no more; as is one of an account that nobody here has."""
    _todoist(with_todoist)
    take = with_todoist.integrations.take_provider_message
    take(TODOIST, todoist.message(event))
    take(TODOIST, todoist.message(account="999"))
    assert not with_todoist.integrations.sync_due()


def test_an_event_by_another_secret_is_refused(with_todoist: World, todoist: TodoistApi) -> None:
    """As is one whose body is another than was signed, and one without a signature."""
    _todoist(with_todoist)
    good = todoist.message()
    bad = [
        todoist.message(secret="another"),
        msgspec.structs.replace(good, body=good.body + b" "),
        msgspec.structs.replace(good, headers={}),
        msgspec.structs.replace(good, headers={"x-todoist-hmac-sha256": "\xff\U0001f511"}),
    ]
    for message in bad:
        with pytest.raises(BadSignature):
            with_todoist.integrations.take_provider_message(TODOIST, message)
    assert not with_todoist.integrations.sync_due()


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"event_name": 1, "user_id": null}'])
def test_a_signed_event_that_cannot_be_read_is_taken(with_todoist: World, body: bytes) -> None:
    """Sending it again would change nothing."""
    _todoist(with_todoist)
    signed = TodoistApi().message(body=body)
    assert with_todoist.integrations.take_provider_message(TODOIST, signed).received_at
    assert not with_todoist.integrations.sync_due()


def test_a_server_without_the_registration_takes_nothing(here: World, google: GoogleApi, todoist: TodoistApi) -> None:
    """Refuse whatever comes where the settings name no provider."""
    module: IntegrationsModule = here.integrations
    for provider, message in ((TODOIST, todoist.message()), (GOOGLE, google.message({"id": "a", "token": "b"}))):
        with pytest.raises(BadSignature):
            module.take_provider_message(provider, message)
