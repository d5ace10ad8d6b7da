"""Tokens of connections: refreshed by one at a time whoever asks, and lost by nobody's fault but a provider's."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from subprocess import PIPE

import msgspec
import pytest
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, ConnectionState
from contracts.modules.events import NoticeRequestedV1
from contracts.refusals import NotFound
from services.integrations.connectors.connector import PullFailed
from services.integrations.tables import CHANNELS, CONNECTIONS
from services.integrations.vault.rotation import rotate
from tests.killed_steps import ROOT
from tests.services.integrations.calendar_peer import status
from tests.services.integrations.oauth.refreshing_process import Refreshing
from tests.services.integrations.oauth_peer import LIFE_S, OAuthPeer, Requested
from tests.services.integrations.world import World

TODOIST = ConnectionProvider.TODOIST
TOKENS = "/oauth/access_token"


def _provider(world: World) -> OAuthPeer:
    assert world.provider is not None
    return world.provider


def _row(world: World) -> sa.Row[tuple[object, ...]]:
    with world.engine.connect() as connection:
        return connection.execute(CONNECTIONS.select()).one()


def test_fifty_calls_at_once_refresh_once(with_todoist: World) -> None:
    """All of them get the one new token, though five processes' worth of modules ask and the old one ends at once."""
    world, provider = with_todoist, _provider(with_todoist)
    provider.rotates = "at-once"
    world.authorize(TODOIST)
    row, modules = _row(world), [world.module() for _ in range(5)]
    world.now += LIFE_S
    start = threading.Barrier(50)

    def secret(number: int) -> bytes:
        start.wait(30)
        return modules[number % 5].grants.secret(row)

    with ThreadPoolExecutor(50) as threads:
        given = list(threads.map(secret, range(50)))
    assert (len(set(given)), provider.requested(TOKENS, "refresh_token")) == (1, 1)
    assert given[0].decode() in provider.access


@pytest.mark.slow
def test_three_processes_refresh_once(with_todoist: World) -> None:
    """Fifty-one calls in three processes: one request to the provider, which ends the old token at once."""
    world, provider = with_todoist, _provider(with_todoist)
    provider.rotates = "at-once"
    world.authorize(TODOIST)
    plan = Refreshing(str(world.home.root), world.now + LIFE_S, provider.port, 17)
    world.now += LIFE_S
    command = [sys.executable, "-m", "tests.services.integrations.oauth.refreshing_process"]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(subprocess.Popen(command, cwd=ROOT, text=True, stdin=PIPE, stdout=PIPE))
            for _ in range(3)
        ]
        ins = [process.stdin for process in processes if process.stdin]
        outs = [process.stdout for process in processes if process.stdout]
        for line, said in ((msgspec.json.encode(plan).decode(), "ready\n"), ("go", None)):
            for each in ins:
                print(line, file=each, flush=True)
            answers = [each.readline() for each in outs]
            assert said is None or answers == [said] * 3
    given = [token for answer in answers for token in msgspec.json.decode(answer, type=list[str])]
    assert (len(given), len(set(given)), provider.requested(TOKENS, "refresh_token")) == (51, 1, 1)
    assert given[0] in provider.access


def test_a_token_is_refreshed_before_it_ends_and_after_it_was_refused(with_todoist: World) -> None:
    """A sync asks for another one a minute before the end, and once where the provider takes the one it has no more."""
    world, provider = with_todoist, _provider(with_todoist)
    made = world.authorize(TODOIST)
    world.now += LIFE_S - 61.0
    world.integrations.sync("user-a", made.id)
    assert provider.requested(TOKENS, "refresh_token") == 0
    world.now += 2.0
    world.integrations.sync("user-a", made.id)
    assert provider.requested(TOKENS, "refresh_token") == 1
    provider.access.clear()
    assert world.integrations.sync("user-a", made.id).state is ConnectionState.CONNECTED
    assert provider.requested(TOKENS, "refresh_token") == 2


@pytest.mark.parametrize(
    ("code", "body", "headers", "said"),
    [
        (400, b'{"error": "invalid_client"}', {}, "tokens-400"),
        (200, b'{"error": "temporarily_unavailable"}', {}, "tokens-200"),
        (429, b"", {"Retry-After": "90"}, "asked-to-wait"),
        (500, b"<html>", {}, "tokens-500"),
        (200, b'{"access_token": "a\\r\\nX: b"}', {}, "tokens-200"),
        (200, b'{"access_token": "a\\u0000"}', {}, "tokens-200"),
        (200, '{"access_token": "\U0001f511"}'.encode(), {}, "tokens-200"),
        (200, b'{"access_token": "\\ud800"}', {}, "tokens-200"),
        (200, b'{"access_token": "a", "refresh_token": "\xff"}', {}, "tokens-200"),
        (200, b'{"access_token": ["a"]}', {}, "tokens-200"),
        (200, b'{"access_token": ""}', {}, "tokens-200"),
        (200, b'{"access_token": "%s"}' % (b"x" * 60_000), {}, "tokens-200"),
        (200, b'{"access_token": "%s"}' % (b"x" * 100_000), {}, "no-answer"),
        (200, b"[" * 60_000, {}, "tokens-200"),
    ],
    ids=range(14),
)
def test_a_refresh_that_fails_for_now_loses_nothing(
    with_todoist: World, code: int, body: bytes, headers: dict[str, str], said: str
) -> None:
    """The grant stays, and the next sync refreshes; so it is for tokens that no header can carry."""
    world, provider = with_todoist, _provider(with_todoist)
    made = world.authorize(TODOIST)
    world.now += LIFE_S
    provider.answers[TOKENS] = status(code, body, **headers)
    failed = world.integrations.sync("user-a", made.id)
    assert failed.last_sync is not None
    assert (failed.last_sync.code, failed.state) == (said, ConnectionState.CONNECTED)
    del provider.answers[TOKENS]
    world.now += 91.0
    assert world.integrations.sync("user-a", made.id).last_sync != failed.last_sync


@pytest.mark.parametrize(("rotates", "state"), [("late", "connected"), ("at-once", "reconnect")])
def test_an_answer_that_never_came_costs_the_grant_only_of_a_provider_that_ends_tokens_at_once(
    with_todoist: World, rotates: str, state: str
) -> None:
    """One that waits until the new token is used goes on; with the other the user is told once."""
    world, provider = with_todoist, _provider(with_todoist)
    provider.rotates = rotates
    made = world.authorize(TODOIST)
    world.now += LIFE_S

    def lost(requested: Requested) -> None:
        if requested.form.get("grant_type") == "refresh_token":
            provider.answer(requested)
            provider.answers[TOKENS] = status(502)

    provider.before = lost
    world.integrations.sync("user-a", made.id)
    provider.before, provider.answers = (lambda _: None), {}
    for _ in range(2):
        assert world.integrations.sync("user-a", made.id).state == state
    assert len(world.published(NoticeRequestedV1)) == (state == "reconnect")


def test_what_was_removed_during_a_refresh_stays_so_and_nothing_is_granted(with_todoist: World) -> None:
    """The tokens that came afterwards are revoked too."""
    world, provider = with_todoist, _provider(with_todoist)
    provider.rotates = "at-once"
    made = world.authorize(TODOIST)
    world.now += LIFE_S

    def erased(requested: Requested) -> None:
        if requested.form.get("grant_type") == "refresh_token":
            with world.engine.begin() as connection:
                for table in (CHANNELS, CONNECTIONS):
                    connection.execute(table.delete())

    provider.before = erased
    with pytest.raises(NotFound):
        world.integrations.sync("user-a", made.id)
    assert not provider.refresh
    assert set(world.rows().values()) == {0}


def test_a_grant_without_a_refresh_token_ends_with_its_token(with_todoist: World) -> None:
    """As Todoist's older applications have it: nothing can be refreshed, the user connects again."""
    world, provider = with_todoist, _provider(with_todoist)
    provider.answers[TOKENS] = status(200, b'{"access_token": "for-years", "token_type": "Bearer"}')
    provider.access["for-years"] = world.now + 1e9
    world.authorize(TODOIST)
    row = _row(world)
    assert world.integrations.grants.secret(row) == b"for-years"
    with pytest.raises(PullFailed) as raised:
        world.integrations.grants.secret(row, rejected=b"for-years")
    assert raised.value.ends_grant


def test_tokens_are_read_after_the_vaults_keys_were_rotated(with_todoist: World) -> None:
    """A refresh seals under a data key of its own, wrapped by the newest key."""
    world = with_todoist
    made = world.authorize(TODOIST)
    for _ in range(2):
        world.now += LIFE_S
        rotate(world.integrations._store, world.keys, world.now)  # noqa: SLF001  # the store that the command opens
        assert world.integrations.sync("user-a", made.id).state is ConnectionState.CONNECTED


def test_all_grants_of_a_user_are_taken_back(with_todoist: World) -> None:
    """Before they are erased; it is tried again where the provider does not answer."""
    world, provider = with_todoist, _provider(with_todoist)
    world.authorize(TODOIST)
    assert (world.integrations.held("user-a"), world.integrations.held("user-b")) == (True, False)
    provider.answers["/api/v1/revoke"] = status(500)
    with pytest.raises(PullFailed):
        world.integrations.take_back("user-a")
    provider.answers.clear()
    assert world.integrations.take_back("user-a")
    assert (world.integrations.held("user-a"), provider.granted) == (False, 0)
