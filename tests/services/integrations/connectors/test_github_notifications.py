"""GitHub's notifications from the pasted token on, over a peer that answers as GitHub's documentation says."""

from http.server import BaseHTTPRequestHandler

import pytest

from contracts.integrations.connections import (
    ConnectionProvider,
    ConnectionState,
    NewConnection,
    SyncOutcome,
    SyncReport,
    UserConnection,
)
from contracts.modules.events import NoticeRequestedV1
from contracts.refusals import Conflict, InvalidInput, Refusal
from services.integrations.connections.syncs import window_at
from services.integrations.connectors.connector import ProviderFailed, PullFailed
from services.integrations.connectors.github_notifications import GitHubNotifications
from services.integrations.connectors.provider_api import ProviderApi
from tests.byte_search import found
from tests.services.integrations.calendar_peer import CalendarPeer, status
from tests.services.integrations.connectors.github_peer import PATH, TOKEN, GitHubPeer
from tests.services.integrations.world import NOTHING, START, World

GITHUB = ConnectionProvider.GITHUB
DAY_S = 86_400.0


@pytest.fixture
def github(here: World) -> GitHubPeer:
    """An account with three unread notifications, the oldest of them too old to be shown."""
    made = GitHubPeer()
    for id_, days in (("old", 40), ("issue", 3), ("review", 0)):
        made.put(id_, f"{id_} CANARY-title", START - days * DAY_S)
    here.peer.answers[PATH] = made
    return made


def _connect(world: World, token: str = TOKEN) -> UserConnection:
    return world.integrations.connect("user-a", NewConnection(provider=GITHUB, token=token))


def _connector(peer: CalendarPeer) -> GitHubNotifications:
    api = ProviderApi(label="GitHub", exceptions=frozenset({peer.pair}), clock=lambda: START)
    return GitHubNotifications(api, peer.url("/api/v3"))


def _refused(peer: CalendarPeer) -> PullFailed:
    with pytest.raises(PullFailed) as refused:
        _connector(peer).pull(TOKEN.encode(), {}, window_at(START, "UTC"))
    return refused.value


def _synced(world: World, made: UserConnection) -> SyncReport:
    report = world.integrations.sync("user-a", made.id).last_sync
    assert report is not None
    return report


def test_notifications_are_read_followed_and_taken_back(here: World, github: GitHubPeer) -> None:
    """What is unread there is an item here, sealed; what was read there is gone here; nothing is left at the end."""
    made = _connect(here)
    assert (made.state, made.host) == (ConnectionState.CONNECTED, "127.0.0.1")
    assert made.last_sync is not None
    assert (made.last_sync.items, made.last_sync.left_out) == (2, {"too-old": 1})
    items = here.integrations.items("user-a", made.id, 10).items
    assert [(item.title, item.starts_at, item.busy) for item in items] == [
        ("ada/engine: issue CANARY-title", "2027-01-12T08:00:00+00:00", False),
        ("ada/engine: review CANARY-title", "2027-01-15T08:00:00+00:00", False),
    ]
    assert found(here.home.root, [b"CANARY-title", TOKEN.encode()]) == {}
    github.read("issue")
    github.put("new", "New", START)
    here.now += 60.0
    assert _synced(here, made).outcome is SyncOutcome.SYNCED
    assert here.titles(made) == ["ada/engine: New", "ada/engine: review CANARY-title"]
    here.integrations.disconnect("user-a", made.id)
    assert here.rows() == NOTHING


def test_nothing_is_read_twice_and_the_poll_interval_is_waited_for(here: World, github: GitHubPeer) -> None:
    """A 304 leaves what was read; within a minute GitHub gets no request at all, not for the user's own wish either."""
    made = _connect(here)
    assert made.retry_at == "2027-01-15T08:01:00.000000+00:00"
    with pytest.raises(Refusal) as refused:
        here.integrations.sync("user-a", made.id)
    assert (refused.value.code, len(here.peer.seen)) == ("RATE_LIMITED", 1)
    here.now += 60.0
    assert _synced(here, made).outcome is SyncOutcome.UNCHANGED
    assert "if-modified-since" in here.peer.last
    assert len(here.titles(made)) == 2
    del github.threads["issue"]  # GitHub says nothing of it
    here.now += DAY_S
    assert _synced(here, made).outcome is SyncOutcome.SYNCED
    assert here.titles(made) == ["ada/engine: review CANARY-title"]


def test_all_pages_are_read_until_what_is_too_old(here: World, github: GitHubPeer) -> None:
    """By the addresses of Link, each by itself; the pages behind are not requested."""
    github.page = 1
    github.put("older", "Older", START - 50 * DAY_S)
    made = _connect(here)
    assert len(here.titles(made)) == 2
    assert [path.partition("page=")[2][-1] for path, _ in here.peer.seen] == ["0", "2", "3"]


def test_the_newest_thousand_are_read(here: World, github: GitHubPeer) -> None:
    """However many there are."""
    for number in range(1_100):
        github.put(f"n{number}", "One of many", START - number)
    report = _connect(here).last_sync
    assert report is not None
    assert (report.items, report.left_out, len(here.peer.seen)) == (1_000, {"beyond": 1}, 20)


def test_pages_that_come_slowly_hold_up_no_worker(here: World, github: GitHubPeer) -> None:
    """After two minutes no more of them are asked for."""
    for number in range(1_100):
        github.put(f"n{number}", "One of many", START - number)
    made = _connect(here)
    requests, answers = len(here.peer.seen), here.peer.answers[PATH]

    def slow(handler: BaseHTTPRequestHandler) -> None:
        here.now += 19.0
        answers(handler)

    here.peer.answers[PATH] = slow
    here.now += DAY_S
    failed = here.integrations.sync("user-a", made.id).last_sync
    assert failed is not None
    assert (failed.code, len(here.peer.seen) - requests) == ("too-slow", 7)
    assert here.titles(made) != []


def test_a_next_page_elsewhere_gets_no_token(here: World, github: GitHubPeer) -> None:
    """It is not requested, and nothing is connected."""
    github.page, github.elsewhere = 1, f"http://127.0.0.1:{here.peer.port}.evil.example"
    with pytest.raises(ProviderFailed, match="another address"):
        _connect(here)
    assert (len(here.peer.seen), here.rows()) == (1, NOTHING)


@pytest.mark.parametrize(
    ("code", "body", "headers", "wait_s"),
    [
        (403, b"{}", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(START) + 1_000)}, 1_000.0),
        (429, b"{}", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, 60.0),
        (403, b'{"message": "You have exceeded a secondary rate limit"}', {"Retry-After": "90"}, 90.0),
        (403, b'{"message": "You have exceeded a secondary rate limit"}', {}, 60.0),
        (429, b"", {}, 60.0),
        (429, b"", {"Retry-After": "99999999999"}, DAY_S),
    ],
)  # fmt: skip
def test_a_limit_is_waited_for(
    peer: CalendarPeer, code: int, body: bytes, headers: dict[str, str], wait_s: float
) -> None:
    """As long as GitHub says in one of its ways."""
    peer.answers[PATH] = status(code, body, **headers)
    failed = _refused(peer)
    assert (failed.code, failed.retry_after_s, failed.ends_grant) == ("asked-to-wait", wait_s, False)


@pytest.mark.parametrize(
    ("code", "body", "said"),
    [
        (200, b"<html>", "not-json"),
        (200, b'{"message": "odd"}', "not-json"),
        (502, b"", "status-502"),
        (304, b"", "status-304"),
    ],
)
def test_what_is_no_page_is_a_failure(peer: CalendarPeer, code: int, body: bytes, said: str) -> None:
    """A 304 to a request without conditions is no answer either."""
    peer.answers[PATH] = status(code, body)
    failed = _refused(peer)
    assert (failed.code, failed.retry_after_s, failed.ends_grant) == (said, None, False)


def test_a_limit_leaves_what_was_read(here: World, github: GitHubPeer) -> None:
    """The report says so, and until then a wish to read it now is refused."""
    made = _connect(here)
    here.now += 60.0
    here.peer.answers[PATH] = status(429, b"", Retry_After="90")
    limited = here.integrations.sync("user-a", made.id)
    assert limited.last_sync is not None
    assert (limited.last_sync.code, limited.state) == ("asked-to-wait", ConnectionState.CONNECTED)
    with pytest.raises(Refusal, match="asked after"):
        here.integrations.sync("user-a", made.id)
    here.peer.answers[PATH] = github
    here.now += 90.0
    assert _synced(here, made).outcome is SyncOutcome.UNCHANGED
    assert len(here.titles(made)) == 2


def test_a_token_that_ended_is_said_once(here: World, github: GitHubPeer) -> None:
    """The connection wants its user, and GitHub is asked nothing by itself any more."""
    made = _connect(here)
    github.tokens.clear()
    here.now += 60.0
    for _ in range(2):
        lost = here.integrations.sync("user-a", made.id)
        assert (lost.state, lost.next_sync_at) == (ConnectionState.RECONNECT, None)
    titles = [each.title for each in here.published(NoticeRequestedV1)]
    assert titles == ["Notifications can no longer be read"]


@pytest.mark.parametrize(
    "token",
    ["github_pat_11AAAA", "gh p", "\u00e4", "x" * 256, " ", "gh\np", "gh\0p", "\U0001f511", "x" * 100_000],
    ids=range(9),
)
def test_what_is_no_classic_token_is_refused(peer: CalendarPeer, token: str) -> None:
    """About the field, and nothing is sent."""
    with pytest.raises(InvalidInput) as refused:
        _connector(peer).authorize(NewConnection(provider=GITHUB, token=token))
    assert (refused.value.path, peer.seen) == (("token",), [])


def test_a_token_that_github_does_not_take_is_refused(here: World, github: GitHubPeer) -> None:
    """So is one without the scope, one that is connected already, and an address beside it."""
    with pytest.raises(InvalidInput, match="takes this token no more"):
        _connect(here, "ghp_other")
    here.peer.answers[PATH] = status(403, b'{"message": "Missing the \'notifications\' scope."}')
    with pytest.raises(InvalidInput, match="does not let"):
        _connect(here)
    here.peer.answers[PATH] = github
    _connect(here)
    with pytest.raises(Conflict, match="this token is connected already"):
        _connect(here)
    both = NewConnection(provider=GITHUB, token=TOKEN, address="https://cal.example/a.ics")
    with pytest.raises(InvalidInput):
        here.integrations.connect("user-a", both)
    assert TOKEN not in repr(both)
