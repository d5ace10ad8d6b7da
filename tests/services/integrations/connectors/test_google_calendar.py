"""A calendar of Google's over a peer that speaks as its API does: pages, sync tokens, their end, and refusals."""

import json

import pytest

from contracts.integrations.connections import ConnectionProvider, ConnectionState, SyncOutcome
from tests.services.integrations.calendar_peer import status
from tests.services.integrations.oauth_peer import Requested
from tests.services.integrations.provider_apis import GoogleApi, timed
from tests.services.integrations.world import World

GOOGLE = ConnectionProvider.GOOGLE_CALENDAR
EVENTS = "/calendar/v3/calendars/primary/events"


def _filled(google: GoogleApi) -> None:
    for day in range(15, 23):
        google.put(f"stand-up-{day}", **timed(f"2027-01-{day}T09:00:00+01:00", f"2027-01-{day}T09:15:00+01:00"))
    google.put("trip", status="confirmed", start={"date": "2027-01-16"}, end={"date": "2027-01-18"}, summary="Trip")
    google.things["trip"] |= {"start": {"dateTime": "2027-01-16T00:00:00+01:00"}}
    google.things["trip"] |= {"end": {"dateTime": "2027-01-18T00:00:00+01:00"}}


def test_a_calendar_is_read_in_pages_and_followed(with_google: World, google: GoogleApi) -> None:
    """All pages are read before anything counts; then only what changed is asked for, moved and deleted alike."""
    world = with_google
    assert world.provider is not None
    _filled(google)
    made = world.authorize(GOOGLE)
    assert made.last_sync is not None
    assert (made.last_sync.items, made.last_sync.components) == (9, 9)
    assert world.provider.requested(EVENTS) == 3
    google.put("stand-up-16", status="cancelled")
    google.put("stand-up-17", **timed("2027-06-17T09:00:00+02:00", "2027-06-17T09:15:00+02:00"))
    google.put("day", status="confirmed", start={"date": "2027-01-19"}, end={"date": "2027-01-20"}, summary="Day")
    google.put("free", **timed("2027-01-15T12:00:00Z", "2027-01-15T13:00:00Z", transparency="transparent"))
    again = world.integrations.sync("user-a", made.id).last_sync
    assert again is not None
    assert (again.outcome, again.items, again.components) == (SyncOutcome.SYNCED, 9, 4)
    assert world.provider.requested(EVENTS) == 5
    items = {item.starts_at: item for item in world.integrations.items("user-a", made.id, 20).items}
    assert not items["2027-01-15T12:00:00+00:00"].busy
    assert (items["2027-01-18T23:00:00+00:00"].all_day, items["2027-01-18T23:00:00+00:00"].title) == (True, "Day")
    assert not {"2027-01-16T08:00:00+00:00", "2027-01-17T08:00:00+00:00"} & items.keys()
    unchanged = world.integrations.sync("user-a", made.id).last_sync
    assert unchanged is not None
    assert unchanged.outcome is SyncOutcome.UNCHANGED


def test_an_expired_sync_token_reads_all_again(with_google: World, google: GoogleApi) -> None:
    """What was deleted while the token was good for nothing is gone, in the one sync."""
    _filled(google)
    made = with_google.authorize(GOOGLE)
    google.put("trip", status="cancelled")
    google.oldest = google.number + 1
    read = with_google.integrations.sync("user-a", made.id).last_sync
    assert read is not None
    assert (read.outcome, read.items) == (SyncOutcome.SYNCED, 8)


@pytest.mark.parametrize("token", ["x" * 5_000, "\U0001f511"])
def test_a_sync_token_that_fits_no_address_is_none(with_google: World, google: GoogleApi, token: str) -> None:
    """Read all again the next time, as without a token."""
    assert with_google.provider is not None
    made = with_google.authorize(GOOGLE)
    body = json.dumps({"items": [], "nextSyncToken": token}).encode()
    with_google.provider.answers[EVENTS] = status(200, body)
    with_google.integrations.sync("user-a", made.id)
    del with_google.provider.answers[EVENTS]
    _filled(google)
    read = with_google.integrations.sync("user-a", made.id).last_sync
    assert read is not None
    assert (read.outcome, read.items) == (SyncOutcome.SYNCED, 9)
    assert "timeMin" in with_google.provider.seen[-1].query


def test_a_page_that_fails_changes_nothing(with_google: World, google: GoogleApi) -> None:
    """The pages before it are not stored: the next sync begins where the last good one ended."""
    world = with_google
    assert world.provider is not None
    _filled(google)
    made = world.authorize(GOOGLE)
    for day in range(15, 20):
        google.put(f"stand-up-{day}", status="cancelled")
    provider, pages = world.provider, list[str]()

    def fails(requested: Requested) -> None:
        pages.append(requested.path)
        if len(pages) == 2:
            provider.answers[EVENTS] = status(500)

    provider.before = fails
    failed = world.integrations.sync("user-a", made.id).last_sync
    assert failed is not None
    assert (failed.code, len(world.titles(made))) == ("status-500", 9)
    provider.before, provider.answers = (lambda _: None), {}
    assert world.integrations.sync("user-a", made.id).last_sync is not None
    assert len(world.titles(made)) == 4


@pytest.mark.parametrize(
    ("code", "reason", "said", "state"),
    [
        (403, "rateLimitExceeded", "asked-to-wait", ConnectionState.CONNECTED),
        (403, "userRateLimitExceeded", "asked-to-wait", ConnectionState.CONNECTED),
        (403, "insufficientPermissions", "refused", ConnectionState.RECONNECT),
        (404, "notFound", "status-404", ConnectionState.CONNECTED),
        (200, "backendError", "not-synced", ConnectionState.CONNECTED),
    ],
)
def test_a_refusal_is_told_from_a_limit(
    with_google: World, google: GoogleApi, code: int, reason: str, said: str, state: ConnectionState
) -> None:
    """Google says both with 403: the reason decides whether the user is needed."""
    world = with_google
    assert world.provider is not None
    _filled(google)
    made = world.authorize(GOOGLE)
    body = json.dumps({"error": {"code": code, "errors": [{"reason": reason}]}}).encode()
    world.provider.answers[EVENTS] = status(code, body)
    failed = world.integrations.sync("user-a", made.id)
    assert failed.last_sync is not None
    assert (failed.last_sync.code, failed.state) == (said, state)


def test_pages_without_end_are_refused(with_google: World) -> None:
    """A provider that always names another page is asked for forty."""
    world = with_google
    assert world.provider is not None
    made = world.authorize(GOOGLE)
    world.provider.answers[EVENTS] = status(200, b'{"items": [], "nextPageToken": "again"}')
    requests = world.provider.requested(EVENTS)
    failed = world.integrations.sync("user-a", made.id).last_sync
    assert failed is not None
    assert (failed.code, world.provider.requested(EVENTS) - requests) == ("too-large", 40)


def test_pages_that_come_slowly_hold_up_no_worker(with_google: World) -> None:
    """After two minutes no more of them are asked for, and what was read before stays."""
    world = with_google
    assert world.provider is not None
    made, provider = world.authorize(GOOGLE), world.provider
    provider.answers[EVENTS] = status(200, b'{"items": [], "nextPageToken": "again"}')

    def slow(_: Requested) -> None:
        world.now += 19.0

    provider.before, requests = slow, provider.requested(EVENTS)
    failed = world.integrations.sync("user-a", made.id).last_sync
    assert failed is not None
    assert (failed.code, provider.requested(EVENTS) - requests) == ("too-slow", 7)
