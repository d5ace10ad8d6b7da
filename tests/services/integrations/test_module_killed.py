"""A sync with a refresh, a removal, a channel that is replaced, by a process that dies before any of their steps."""

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import msgspec
import pytest

from contracts.integrations.connections import ConnectionProvider, ConnectionState, NewAuthorization
from contracts.modules.events import NoticeRequestedV1
from kit.http.webhook_signatures import BadSignature
from tests.killed_steps import killed_steps
from tests.services.integrations.calendar_peer import CalendarPeer
from tests.services.integrations.oauth_peer import LIFE_S, OAuthPeer, providing
from tests.services.integrations.provider_apis import GoogleApi, TodoistApi
from tests.services.integrations.syncing_process import Plan
from tests.services.integrations.world import START, World

pytestmark = pytest.mark.slow
MOST_STEPS = 20
LATER = START + LIFE_S
Run = Callable[[Path, int], int]
BEFORE, AFTER = ["Call", "Talk"], ["Talk", "Write"]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Does what a plan says in a process that dies before a step, and gives its exit code."""
    with killed_steps("tests.services.integrations.syncing_process") as found:
        yield found


@contextmanager
def _opened(home: Path, provider: OAuthPeer, now: float) -> Iterator[World]:
    world = World(home, CalendarPeer({}), provider=provider)
    world.now = now
    yield world
    world.close()


def _connected(folder: Path, provider: OAuthPeer, todoist: TodoistApi, work: str) -> Path:
    """A home with a connection that was read before what there is to read changed, and a plan beside it."""
    for name, day in (("call", 16), ("talk", 17)):
        todoist.put(name, content=name.capitalize(), due={"date": f"2027-01-{day}"})
    with _opened(folder / "saved", provider, START) as world:
        made = world.authorize(ConnectionProvider.TODOIST)
        assert world.titles(made) == BEFORE
    todoist.put("call", is_deleted=True)
    todoist.put("write", content="Write", due={"date": "2027-01-18"})
    (folder / "plan.json").write_bytes(msgspec.json.encode(Plan(work, LATER, provider.port)))
    return folder / "saved"


def _each_step(saved: Path, provider: OAuthPeer, run: Run) -> Iterator[Path]:
    """The home after each kill, and at last after none; the provider has what it had before."""
    home, tokens = saved.with_name("home"), deepcopy((provider.access, provider.refresh, provider.codes))
    for step in range(MOST_STEPS):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(saved, home)
        provider.access, provider.refresh, provider.codes = deepcopy(tokens)
        code = run(home, step)
        yield home
        if code == 0:
            return
        assert code == -signal.SIGKILL, step
    pytest.fail("it never came to its end")


@pytest.mark.parametrize(("rotates", "losses"), [("late", 0), ("at-once", 1)])
def test_a_sync_that_dies_at_any_step_is_done_again(tmp_path: Path, run: Run, rotates: str, losses: int) -> None:
    """What was read is all of before or all of after; a grant is lost between a provider's answer and our commit alone.

    That is so where the provider ends the old token at once, and the user is told of it once.
    """
    todoist, now = TodoistApi(), [START]
    with providing(OAuthPeer(todoist, lambda: now[0], rotates=rotates)) as provider:
        saved = _connected(tmp_path, provider, todoist, "sync")
        now[0], lost, steps = LATER, 0, 0
        for home in _each_step(saved, provider, run):
            with _opened(home, provider, LATER + 301.0) as world:
                (made,) = world.integrations.connections("user-a").connections
                assert world.titles(made) in (BEFORE, AFTER)
                states = {world.integrations.sync("user-a", made.id).state for _ in range(2)}
                lost += states == {ConnectionState.RECONNECT}
                assert len(states) == 1
                assert len(world.published(NoticeRequestedV1)) == (states == {ConnectionState.RECONNECT})
                assert states == {ConnectionState.RECONNECT} or world.titles(made) == AFTER
            steps += 1
    assert (lost, steps) == (losses, 6)


def test_a_removal_that_dies_at_any_step_leaves_nothing_here_or_there(tmp_path: Path, run: Run) -> None:
    """Either the user still has the connection, or the worker ends the grant; then neither row nor token is left."""
    todoist = TodoistApi()
    with providing(OAuthPeer(todoist, lambda: START)) as provider:
        removed = 0
        for home in _each_step(_connected(tmp_path, provider, todoist, "remove"), provider, run):
            with _opened(home, provider, LATER) as world:
                for made in world.integrations.connections("user-a").connections:
                    world.integrations.disconnect("user-a", made.id)
                removed += world.integrations.sync_due()
                assert set(world.rows().values()) == {0}
            assert provider.granted == 0
    assert removed == 3


def test_an_authorization_that_dies_at_any_step_can_be_begun_again(tmp_path: Path, run: Run) -> None:
    """Here is nothing, or a connection that works; tokens that nobody here knows are left by one of the steps alone.

    That step is between the provider's answer and our commit: the user sees that grant in the provider's own list.
    """
    todoist, unknown = TodoistApi(), list[int]()
    todoist.put("call", content="Call", due={"date": "2027-01-16"})
    with providing(OAuthPeer(todoist, lambda: START)) as provider:
        with _opened(tmp_path / "saved", provider, START) as world:
            new = NewAuthorization(provider=ConnectionProvider.TODOIST, time_zone="Europe/Berlin")
            back = provider.consents(world.integrations.authorize("user-a", "session-a", new).location)
        (tmp_path / "plan.json").write_bytes(msgspec.json.encode(Plan("authorize", START, provider.port, back)))
        for home in _each_step(tmp_path / "saved", provider, run):
            with _opened(home, provider, START + 301.0) as world:
                found = world.integrations.connections("user-a").connections
                unknown.append(provider.granted - 2 * len(found))
                made = found[0] if found else world.authorize(ConnectionProvider.TODOIST)
                world.integrations.sync_due()
                assert world.titles(made) == ["Call"]
                assert len(world.integrations.connections("user-a").connections) == 1
    assert sorted(unknown) == [0] * (len(unknown) - 1) + [2]
    assert len(unknown) > 4


def _takes(world: World, google: GoogleApi) -> dict[str, bool]:
    """Of each channel that is open there, whether its messages are taken here."""
    taken = dict.fromkeys(google.channels, True)
    for id_, channel in google.channels.items():
        try:
            world.integrations.take_provider_message(ConnectionProvider.GOOGLE_CALENDAR, google.message(channel))
        except BadSignature:
            taken[id_] = False
    return taken


def test_a_channel_that_is_replaced_by_a_process_that_dies_leaves_one_that_counts(tmp_path: Path, run: Run) -> None:
    """Whatever else is open there, which ends by itself, is as if it never was; at the end that one is stopped."""
    google, later, others = GoogleApi(), START + 6.5 * 86_400.0, list[int]()
    with providing(OAuthPeer(google, lambda: START)) as provider:
        with _opened(tmp_path / "saved", provider, START) as world:
            world.authorize(ConnectionProvider.GOOGLE_CALENDAR)
            assert world.integrations.watch_due()
        provider.access = dict.fromkeys(provider.access, later * 2)
        channels = dict(google.channels)
        (tmp_path / "plan.json").write_bytes(msgspec.json.encode(Plan("watch", later, provider.port)))
        for home in _each_step(tmp_path / "saved", provider, run):
            with _opened(home, provider, later) as world:
                assert sum(_takes(world, google).values()) == 1
                world.integrations.watch_due()
                assert not world.integrations.watch_due()
                taken = _takes(world, google)
                assert sum(taken.values()) == 1
                (made,) = world.integrations.connections("user-a").connections
                world.integrations.disconnect("user-a", made.id)
                assert set(world.rows().values()) == {0}
            assert google.channels.keys() == {id_ for id_, counts in taken.items() if not counts}
            others.append(len(google.channels))
            google.channels = dict(channels)
    assert max(others) == 1
    assert others[-1] == 0
    assert len(others) > 4
