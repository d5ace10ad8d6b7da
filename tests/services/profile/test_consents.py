"""The log of consents: append-only, chained, and a withdrawal that counts at once."""

import pytest
import sqlalchemy as sa

from contracts.modules.events import ConsentChangedV1
from contracts.modules.profile import TEXTS, ConsentText, Purpose
from contracts.refusals import Conflict, Refusal
from services.profile import consents
from services.profile.consents import DAY_S, MOST_A_DAY, Broken, TooOften, pseudonym
from services.profile.tables import CONSENTS
from tests.services.profile.world import KEY, Seen, World

pytestmark = pytest.mark.parametrize("way", ["here", "served"])

IMPROVE = Purpose.IMPROVE


def say(world: World, *, given: bool, purpose: Purpose = IMPROVE, user: str = "user-a") -> None:
    """One decision on the text in force."""
    version = TEXTS[purpose].version if given else None
    world.profile.decide(user, purpose, given=given, version=version, channel="session")


def rows(world: World) -> int:
    """How long the log is."""
    with world.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(CONSENTS)).scalar_one()


def test_nobody_agreed_before_they_said_so(world: World) -> None:
    """Every purpose is no, with its text to show."""
    found = world.profile.consents("user-a")
    assert {consent.purpose for consent in found} == set(Purpose)
    assert not any(consent.given for consent in found)
    assert all(consent.text and consent.at is None for consent in found)
    assert not any(world.profile.allows("user-a", purpose) for purpose in Purpose)


def test_a_yes_counts_for_one_user_and_purpose(world: World) -> None:
    """And one call takes it back."""
    say(world, given=True)
    assert world.profile.allows("user-a", IMPROVE)
    assert not world.profile.allows("user-a", Purpose.EXTERNAL_MODEL)
    assert not world.profile.allows("user-b", IMPROVE)
    say(world, given=False)
    assert not world.profile.allows("user-a", IMPROVE)


def test_a_withdrawal_counts_at_the_first_event_after_it(world: World) -> None:
    """Whoever hears of it, asks and is told no: there is no event between at which it still counted."""
    seen = Seen((ConsentChangedV1,), lambda _: world.profile.allows("user-a", IMPROVE))
    world.consumers.append(seen)
    say(world, given=True)
    world.settle()
    say(world, given=False)
    world.settle()
    assert seen.answers == [True, False]


def test_a_log_does_not_grow_without_end(world: World) -> None:
    """Beyond 50 decisions in 24 hours a yes is refused, a withdrawal never; the next day a yes counts again."""
    for number in range(MOST_A_DAY - 1):
        say(world, given=number % 2 == 0)
    assert world.profile.allows("user-a", IMPROVE)
    say(world, given=True, purpose=Purpose.PUSH)
    with pytest.raises(Refusal) as refused:
        say(world, given=True, purpose=Purpose.EMAIL)
    assert refused.value.code == TooOften.code
    say(world, given=False)
    assert not world.profile.allows("user-a", IMPROVE)
    world.clock.now += DAY_S + 1
    say(world, given=True)
    assert world.profile.allows("user-a", IMPROVE)


def test_the_event_commits_with_the_decision(world: World) -> None:
    """With purpose and version; the same again says nothing and adds nothing."""
    seen = Seen((ConsentChangedV1,), lambda event: (event.user, event.data))
    world.consumers.append(seen)
    for given in (True, True, False, False):
        say(world, given=given)
    world.settle()
    version = TEXTS[IMPROVE].version
    assert seen.answers == [
        ("user-a", ConsentChangedV1(purpose="improve", given=given, version=version)) for given in (True, False)
    ]
    assert rows(world) == 2


def test_a_yes_names_the_text_that_was_shown(world: World) -> None:
    """None or another version is refused; a withdrawal needs none."""
    for version in (None, 0, TEXTS[IMPROVE].version + 1):
        with pytest.raises(Conflict, match="show it, then ask"):
            world.profile.decide("user-a", IMPROVE, given=True, version=version, channel="session")
    assert rows(world) == 0


def test_other_words_are_asked_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A yes to an older text does not count for the one in force, and is shown as such."""
    say(world, given=True)
    newer = ConsentText(IMPROVE, TEXTS[IMPROVE].version + 1, "Other words.")
    monkeypatch.setattr(consents, "TEXTS", {**TEXTS, IMPROVE: newer})
    assert not world.profile.allows("user-a", IMPROVE)
    found = next(consent for consent in world.profile.consents("user-a") if consent.purpose == IMPROVE)
    assert (found.given, found.decided_version, found.text) == (False, TEXTS[IMPROVE].version, "Other words.")


@pytest.mark.parametrize(
    "tampering",
    [
        CONSENTS.update().where(CONSENTS.c.number == 2).values(given=False),
        CONSENTS.update().where(CONSENTS.c.number == 2).values(at=1.0),
        CONSENTS.update().where(CONSENTS.c.number == 1).values(text_hash="0" * 64),
        CONSENTS.delete().where(CONSENTS.c.number == 1),
        CONSENTS.delete().where(CONSENTS.c.number == 2),
        CONSENTS.update().where(CONSENTS.c.number == 3).values(number=4),
    ],
)
def test_tampering_shows(world: World, tampering: sa.Executable) -> None:
    """A changed, removed or moved row breaks the chain of that user and of nobody else."""
    for purpose in (IMPROVE, Purpose.PUSH, Purpose.EMAIL):
        say(world, given=True, purpose=purpose)
        say(world, given=True, purpose=purpose, user="user-b")
    assert world.profile.chain_of("user-a") == 3
    mine = CONSENTS.c.pseudonym == pseudonym(KEY, "user-a")
    with world.engine.begin() as connection:
        connection.execute(tampering.where(mine))  # type: ignore[attr-defined]  # update and delete both have it
    with pytest.raises(Broken):
        world.profile.chain_of("user-a")
    assert world.profile.chain_of("user-b") == 3


def test_only_a_proof_that_names_nobody_outlives_erasure(world: World) -> None:
    """The chain holds, under a pseudonym; nobody's id is in it, and three years later it is gone."""
    say(world, given=True)
    say(world, given=False)
    world.saga.erase("user-a", "self")
    assert not world.profile.allows("user-a", IMPROVE)
    world.settle()
    assert world.saga.step() == 1
    with world.engine.connect() as connection:
        remaining = connection.execute(sa.select(CONSENTS)).all()
    assert [(row.user, row.given) for row in remaining] == [(None, True), (None, False)]
    assert "user-a" not in str(remaining)
    assert world.profile.chain_of("user-a") == 2
    prunes = [each.prune for each in world.policy.tables() if each.prune is not None]
    with world.engine.begin() as connection:
        assert sum(prune(connection, world.clock.now + 1000 * 86_400) for prune in prunes) == 0
        assert sum(prune(connection, world.clock.now + 1100 * 86_400) for prune in prunes) == 3
