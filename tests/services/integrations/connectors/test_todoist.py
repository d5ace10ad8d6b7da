"""Tasks from the browser's consent to the revoked grant, over a peer that speaks as Todoist does."""

import pytest

from contracts.integrations.connections import ConnectionProvider, ConnectionState, ProviderOffer, SyncOutcome
from contracts.modules.events import NoticeRequestedV1
from services.integrations.tables import CONNECTIONS
from tests.byte_search import found
from tests.services.integrations.calendar_peer import status
from tests.services.integrations.provider_apis import TodoistApi
from tests.services.integrations.world import NOTHING, World

TODOIST = ConnectionProvider.TODOIST
SYNC = "/api/v1/sync"


def _filled(todoist: TodoistApi) -> None:
    todoist.put("call", content="Call CANARY-name", due={"date": "2027-01-15T15:30:00"})
    todoist.put("tax", content="Tax", due={"date": "2027-01-20"})
    todoist.put("talk", content="Talk", due={"date": "2027-01-18T09:00:00Z"}, duration={"amount": 45, "unit": "minute"})
    todoist.put("someday", content="Someday", due=None)
    todoist.put("far", content="Far", due={"date": "2028-01-01"})
    todoist.put("odd", content="Odd", due={"date": "tomorrow"})


def test_tasks_are_read_followed_and_taken_back(with_todoist: World, todoist: TodoistApi) -> None:
    """What changed, was done or was deleted there is so here; removing the connection ends the grant there."""
    world, provider = with_todoist, with_todoist.provider
    assert provider is not None
    _filled(todoist)
    assert ProviderOffer(TODOIST, "oauth") in world.integrations.connections("user-a").providers
    made = world.authorize(TODOIST)
    assert (made.state, made.host, made.time_zone) == (ConnectionState.CONNECTED, "todoist.com", "Europe/Berlin")
    assert made.last_sync is not None
    assert (made.last_sync.items, made.last_sync.components) == (3, 6)
    assert made.last_sync.left_out == {"without-date": 1, "unreadable": 1}
    items = world.integrations.items("user-a", made.id, 10).items
    assert [(item.title, item.starts_at, item.all_day, item.busy) for item in items] == [
        ("Call CANARY-name", "2027-01-15T14:30:00+00:00", False, False),
        ("Talk", "2027-01-18T09:00:00+00:00", False, True),
        ("Tax", "2027-01-19T23:00:00+00:00", True, False),
    ]
    assert found(world.home.root, [b"CANARY-name", *(token.encode() for token in provider.access)]) == {}
    todoist.put("tax", content="Tax", checked=True, due={"date": "2027-01-20"})
    todoist.put("talk", is_deleted=True)
    todoist.put("new", content="New", due={"date": "2027-01-21"})
    again = world.integrations.sync("user-a", made.id)
    assert again.last_sync is not None
    assert again.last_sync.says == "2 items in the coming weeks: 1 changed and 2 removed since the last sync"
    assert world.titles(made) == ["Call CANARY-name", "New"]
    unchanged = world.integrations.sync("user-a", made.id).last_sync
    assert unchanged is not None
    assert (unchanged.outcome, unchanged.items) == (SyncOutcome.UNCHANGED, 2)
    world.integrations.disconnect("user-a", made.id)
    assert set(world.rows().values()) == {0}
    assert provider.granted == 0


@pytest.mark.parametrize("amount", [10**12, 10**400])
def test_a_task_that_takes_for_ever_hides_no_other(with_todoist: World, todoist: TodoistApi, amount: int) -> None:
    """Show it to the end of the calendar's years, or count it; the list and the user's export go on."""
    todoist.put(
        "ever", content="Ever", due={"date": "2027-01-16T09:00:00Z"}, duration={"amount": amount, "unit": "minute"}
    )
    todoist.put("tax", content="Tax", due={"date": "2027-01-20"})
    made = with_todoist.authorize(TODOIST)
    items = {item.title: item.ends_at for item in with_todoist.integrations.items("user-a", made.id, 10).items}
    assert items.pop("Ever", "9999-12-31T23:59:59+00:00") == "9999-12-31T23:59:59+00:00"
    assert list(items) == ["Tax"]


def test_a_sync_token_that_is_known_no_more_reads_all_again(with_todoist: World, todoist: TodoistApi) -> None:
    """What was deleted meanwhile is gone all the same."""
    _filled(todoist)
    made = with_todoist.authorize(TODOIST)
    todoist.put("call", is_deleted=True)
    todoist.oldest = todoist.number + 1
    read = with_todoist.integrations.sync("user-a", made.id).last_sync
    assert read is not None
    assert (read.outcome, read.components) == (SyncOutcome.SYNCED, 5)
    assert with_todoist.titles(made) == ["Talk", "Tax"]


@pytest.mark.parametrize(
    ("code", "body", "headers", "said"),
    [
        (429, b"{}", {"Retry-After": "120"}, "asked-to-wait"),
        (200, b'{"error": "Temporarily unavailable", "error_code": 1}', {}, "not-synced"),
        (200, b"<!doctype html><title>Maintenance</title>", {}, "not-json"),
        (200, b"[]", {}, "not-json"),
        (200, b'{"sync_token": "\xff"}', {}, "not-json"),
        (200, b'{"items": ' + b"[" * 100_000, {}, "not-json"),
        (500, b"", {}, "status-500"),
        (302, b"", {"Location": "http://10.0.0.1/"}, "status-302"),
    ],
)
def test_what_is_no_sync_leaves_what_was_read(
    with_todoist: World, todoist: TodoistApi, code: int, body: bytes, headers: dict[str, str], said: str
) -> None:
    """The report says what came; the grant stays, and the next sync goes on from where the last one was."""
    world = with_todoist
    assert world.provider is not None
    _filled(todoist)
    made = world.authorize(TODOIST)
    world.provider.answers[SYNC] = status(code, body, **headers)
    failed = world.integrations.sync("user-a", made.id)
    assert failed.last_sync is not None
    assert (failed.last_sync.outcome, failed.last_sync.code) == (SyncOutcome.FAILED, said)
    assert (failed.state, failed.retry_at is not None) == (ConnectionState.CONNECTED, said == "asked-to-wait")
    del world.provider.answers[SYNC]
    world.now += 121.0
    assert world.integrations.sync("user-a", made.id).state is ConnectionState.CONNECTED
    assert len(world.titles(made)) == 3


def test_a_grant_that_was_revoked_there_is_said_once_and_renewed_by_its_user(
    with_todoist: World, todoist: TodoistApi
) -> None:
    """The connection wants its user, who gets one notice; authorizing again goes on with the same connection."""
    world = with_todoist
    assert world.provider is not None
    _filled(todoist)
    made = world.authorize(TODOIST)
    world.provider.access.clear()
    world.provider.refresh.clear()
    for _ in range(2):
        lost = world.integrations.sync("user-a", made.id)
        assert (lost.state, lost.next_sync_at) == (ConnectionState.RECONNECT, None)
    assert [each.title for each in world.published(NoticeRequestedV1)] == ["Tasks can no longer be read"]
    again = world.authorize(TODOIST)
    assert (again.id, again.state) == (made.id, ConnectionState.CONNECTED)
    assert world.rows()["integrations_connections"] == 1


def test_a_provider_that_is_away_revokes_later(with_todoist: World, todoist: TodoistApi) -> None:
    """The user sees no connection from then on, and may make another; the worker goes on until it is revoked."""
    world = with_todoist
    assert world.provider is not None
    _filled(todoist)
    made = world.authorize(TODOIST)
    world.provider.answers["/api/v1/revoke"] = status(503)
    world.integrations.disconnect("user-a", made.id)
    assert world.integrations.connections("user-a").connections == []
    assert world.rows() == NOTHING | {"integrations_connections": 1}
    other = world.authorize(TODOIST)
    assert other.id != made.id
    del world.provider.answers["/api/v1/revoke"]
    assert not world.integrations.sync_due()
    world.now += 61.0
    assert world.integrations.sync_due()
    assert not world.integrations.sync_due()
    with world.engine.connect() as connection:
        assert connection.execute(CONNECTIONS.select()).one().id == other.id
    assert world.provider.granted == 2
