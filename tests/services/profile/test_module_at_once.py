"""Many at the same moment: one wins, and the log has no gap."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from contracts.modules.profile import Profile, Purpose
from contracts.refusals import Conflict
from tests.deadline import DEADLINE_S
from tests.services.profile.world import World

MANY = 12


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """What came of each, or its conflict, all begun together."""
    together = Barrier(MANY, timeout=DEADLINE_S)

    def one(number: int) -> Any:
        together.wait()
        try:
            return call(number)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_of_many_changes_of_one_version_one_is_kept(world: World) -> None:
    """The others are told; what is kept is the one that was answered for."""
    results = at_once(lambda number: world.profile.put_profile("user-a", Profile(name=f"tab {number}"), 0))
    successes = [result for result in results if not isinstance(result, Conflict)]
    assert len(successes) == 1
    assert world.profile.profile("user-a") == successes[0]


def test_decisions_at_once_make_one_chain(world: World) -> None:
    """Every purpose by several threads: a row each, numbered without a gap, and it verifies."""
    purposes = list(Purpose)

    def yes(number: int) -> Any:
        return world.profile.decide("user-a", purposes[number % 4], given=True, version=1, channel="session")

    assert all(decided.given for decided in at_once(yes))
    assert world.profile.chain_of("user-a") == len(purposes)


def test_many_wishes_are_one_erasure(world: World) -> None:
    """And many steps at once end it once."""
    begun = at_once(lambda _: world.saga.erase("user-a", "self"))
    assert len({erasure.id for erasure in begun}) == 1
    world.settle()
    at_once(lambda _: world.saga.step())
    (done,) = world.saga.erasures()
    assert done.done_at is not None
    assert len(list(world.ledger.lines())) == 1
