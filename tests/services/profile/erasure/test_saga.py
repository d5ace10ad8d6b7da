"""Erasing users from every module."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from contracts.modules.events import UserErasedV1, UserEraseRequestedV1
from contracts.modules.profile import Profile, Purpose
from contracts.modules.retention import Data, PartsRetention
from contracts.modules.sealing import Erased
from contracts.refusals import Conflict, NotFound
from resources.privacy.module_eraser import erase_from
from services.profile.erasure.saga import REST_S, ErasureDependencies
from services.profile.tables import ERASURES, PROFILES, RECEIPTS
from tests.services.profile.world import Seen, World, fill

DAY_S = 86_400.0


def receipts(world: World) -> dict[str, int]:
    """Rows by module."""
    with world.engine.connect() as connection:
        return {row.module: row.rows for row in connection.execute(sa.select(RECEIPTS))}


def test_every_module_erases_and_says_so(world: World) -> None:
    """Then the key is destroyed and the erasure names nobody; another user keeps all."""
    fill(world)
    fill(world, "user-b")
    erasure = world.saga.erase("user-a", "self")
    assert (erasure.waiting, erasure.done_at, erasure.user) == (("notes", "profile"), None, "user-a")
    assert world.saga.step() == 0
    world.settle()
    assert receipts(world) == {"notes": 2, "profile": 2}
    assert world.saga.step() == 1
    (done,) = world.saga.erasures()
    assert (done.id, done.user, done.waiting) == (erasure.id, None, ())
    assert done.done_at is not None
    with pytest.raises(Erased):
        world.sealer.seal("user-a", "x", b"y")
    assert world.profile.profile("user-b").profile.name == "Ada"
    assert world.sealer.seal("user-b", "x", b"y")


def test_an_erasure_that_ends_while_it_is_listed_is_listed_once(world: World) -> None:
    """As done: those under way and those done are two reads, and the end may come between them."""
    erasure = world.saga.erase("user-a", "self")
    world.settle()
    reads = 0

    def end_it(*_: object) -> None:
        nonlocal reads
        reads += 1
        if reads == 1:
            assert world.saga.step() == 1

    sa.event.listen(world.engine, "after_cursor_execute", end_it)
    (listed,) = world.saga.erasures()
    sa.event.remove(world.engine, "after_cursor_execute", end_it)
    assert (listed.id, listed.done_at is not None) == (erasure.id, True)


def test_asking_again_is_the_same_erasure(world: World) -> None:
    """While it is under way and after it; modules that are asked twice find nothing."""
    fill(world)
    seen = Seen((UserEraseRequestedV1,), lambda event: event.user)
    world.consumers.append(seen)
    first = world.saga.erase("user-a", "self")
    assert world.saga.erase("user-a", "admin").id == first.id
    world.settle()
    assert seen.answers == ["user-a"]
    world.saga.step()
    assert world.saga.erase("user-a", "command").id == first.id
    assert world.saga.step() == 0
    with world.engine.begin() as connection:
        assert [erase_from(connection, policy, "user-a") for policy in world.policies] == [0, 0]
    assert len(world.saga.erasures()) == 1


def test_a_module_that_is_away_holds_up_the_end_and_shows(world: World) -> None:
    """What it began is undone; after 24 hours it is stuck; asked again, it answers, and the others count as before."""
    fill(world)
    world.notes.breaks = True
    world.saga.erase("user-a", "self")
    for _ in range(5):
        world.settle()
        world.clock.now += 60
    assert world.saga.step() == 0
    assert receipts(world) == {"profile": 2}
    assert world.saga.stuck() == []
    world.clock.now += DAY_S
    (stuck,) = world.saga.stuck()
    assert (stuck.waiting, stuck.stuck) == (("notes",), True)
    world.notes.breaks = False
    world.settle()
    assert receipts(world) == {"profile": 2}
    world.saga.erase("user-a", "admin")
    world.settle()
    assert receipts(world) == {"profile": 2, "notes": 2}
    assert world.saga.step() == 1


def test_a_user_who_goes_writes_nothing_more(world: World) -> None:
    """Neither a profile nor a decision, from the moment they asked; what they agreed to counts no more."""
    fill(world)
    assert world.profile.allows("user-a", Purpose.PUSH)
    world.saga.erase("user-a", "self")
    assert not world.profile.allows("user-a", Purpose.PUSH)
    for _ in range(2):
        with pytest.raises(Conflict, match="asked to be erased"):
            world.profile.put_profile("user-a", Profile(name="again"), None)
        with pytest.raises(Conflict, match="asked to be erased"):
            world.profile.decide("user-a", Purpose.EMAIL, given=True, version=1, channel="session")
        world.settle()
        world.saga.step()
    with world.engine.connect() as connection:
        assert connection.execute(sa.select(PROFILES)).all() == []


def test_who_must_stay_is_not_asked_for(world: World) -> None:
    """Nothing is written for nobody, nor for the last of two who go at once."""
    with pytest.raises(NotFound):
        world.saga.erase("user-x", "admin")
    assert world.saga.erasures() == []
    checked: list[frozenset[str]] = []
    world.saga = world.saga_with(
        replace(
            world.dependencies, check_erasable=lambda _, being_erased: checked.append(being_erased), scrub=lambda: None
        )
    )
    world.saga.erase("user-a", "self")
    world.saga.erase("user-b", "self")
    assert checked == [frozenset(), frozenset({"user-a"})]


@pytest.mark.parametrize("fails", ["ledger", "destroy", "scrub"])
def test_a_kill_at_any_step_is_gone_on_from(world: World, fails: str) -> None:
    """The step that failed is done again, the others change nothing; in the end all is done once."""
    fill(world)
    world.saga.erase("user-a", "self")
    world.settle()
    broken = [True]

    class Falling:
        """Fails while it is told to."""

        def add(self, *given: str) -> None:
            """As the ledger does."""
            if broken[0] and fails == "ledger":
                raise OSError("killed")
            world.ledger.add(*given)

        def destroy(self, user: str) -> bool:
            """As the key store does, and fails after it."""
            done = world.sealer.destroy(user)
            if broken[0] and fails == "destroy":
                raise OSError("killed")
            return done

        def scrub(self) -> None:
            """As the database does."""
            if broken[0] and fails == "scrub":
                raise TimeoutError("a reader is in the way")

    falling = Falling()
    world.saga = world.saga_with(
        ErasureDependencies(
            check_erasable=world.check_erasable,
            ledger=falling,  # type: ignore[arg-type]  # what it does of it is all that is asked
            sealer=falling,  # type: ignore[arg-type]  # the same
            scrub=falling.scrub,
        )
    )
    assert world.saga.step() == (1 if fails == "scrub" else 0)
    broken[0] = False
    assert world.saga.step() == 0
    world.clock.now += REST_S
    world.saga.step()
    (done,) = world.saga.erasures()
    assert done.done_at is not None
    with world.engine.connect() as connection:
        assert connection.execute(sa.select(ERASURES.c.scrubbed_at)).scalar_one() is not None
    assert len(list(world.ledger.lines())) == 1
    with pytest.raises(Erased):
        world.sealer.seal("user-a", "x", b"y")


def test_parts_are_rewritten_before_the_key_is_destroyed(world: World) -> None:
    """While a pseudonym can be made; after a kill between the two there is nothing more to rewrite."""
    fill(world)
    rewritten: list[str] = []

    def erase(user: str) -> int:
        rewritten.append(world.sealer.pseudonym(user, "parts"))
        return 1

    parts = PartsRetention(
        name="notes_parts", columns={"user": Data.PSEUDONYM}, rule="for ever", prune=None, export=None, erase=erase
    )
    killed = [True]

    class Killed:
        """Destroys the key, and the process ends there."""

        def destroy(self, user: str) -> bool:
            """As the key store does."""
            done = world.sealer.destroy(user)
            if killed[0]:
                raise OSError("killed")
            return done

    before = world.sealer.pseudonym("user-a", "parts")
    once = replace(world.dependencies, sealer=Killed())  # type: ignore[arg-type]  # what it does of it is all that is asked
    world.saga = world.saga_with(once, [parts])
    world.saga.erase("user-a", "self")
    assert (world.saga.step(), rewritten) == (0, []), "the modules come first"
    world.settle()
    assert (world.saga.step(), rewritten) == (0, [before])
    killed[0] = False
    world.clock.now += REST_S
    assert (world.saga.step(), rewritten) == (1, [before])


def test_receipts_name_no_user(world: World) -> None:
    """Nothing about a user is written after they are gone."""
    seen = Seen((UserErasedV1,), lambda event: (event.user, event.data))
    world.consumers.append(seen)
    world.saga.erase("user-a", "self")
    world.settle()
    assert [(user, said.module) for user, said in seen.answers] == [(None, "profile"), (None, "notes")]
