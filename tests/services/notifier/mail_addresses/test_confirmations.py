"""The mails by which addresses are confirmed."""

import pytest
import sqlalchemy as sa

from services.notifier.channels.sender import HandOver, Notice, SendOutcome
from services.notifier.delivery.slots import BACKOFF_S, MOST_ATTEMPTS
from services.notifier.mail_addresses.confirmations import ConfirmationMails
from services.notifier.tables import CONFIRMATIONS
from tests.services.notifier.world import DAY_S, World

LATER = HandOver(outcome=SendOutcome.LATER, reason="451", retry_after_s=500.0)


class Relay:
    """Answers as it is set to, and notes what it gets; `dies` ends the process in the call."""

    channel = "email"

    def __init__(self) -> None:
        self.answer, self.dies = HandOver(outcome=SendOutcome.DELIVERED, reason="accepted"), False
        self.got: list[tuple[str, Notice]] = []

    async def send(self, notice: Notice, address: str) -> HandOver:
        """Note it."""
        self.got.append((address, notice))
        if self.dies:
            raise SystemExit
        return self.answer


def _mails(world: World, relay: Relay) -> ConfirmationMails:
    return ConfirmationMails(world.notifier.store, world.sealer, world.clock, relay, world.tokens)


def _state(world: World) -> str:
    with world.engine.connect() as connection:
        return str(connection.execute(sa.select(CONFIRMATIONS.c.state)).scalar_one())


def test_the_mail_holds_the_link_that_confirms(world: World) -> None:
    """One mail to the address that was entered; its path is that of the page."""
    world.notifier.enter_mail_address("user-a", "ada@home.example")
    relay = Relay()
    mails = _mails(world, relay)
    assert [mails.step(), mails.step()] == [True, False]
    ((address, notice),) = relay.got
    assert (address, _state(world)) == ("ada@home.example", "sent")
    assert world.notifier.confirm_address(notice.path.removeprefix("/v1/mail-confirmation/")).confirmed


def test_a_relay_that_says_later_is_tried_again(world: World) -> None:
    """After its time, five times at most."""
    world.notifier.enter_mail_address("user-a", "ada@home.example")
    relay = Relay()
    relay.answer, mails = LATER, _mails(world, relay)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert [mails.step(), mails.step()] == [True, False]
        world.clock.now += max(500.0, BACKOFF_S * 2**attempt)
    assert not mails.step()
    assert (len(relay.got), _state(world)) == (MOST_ATTEMPTS, "refused")


def test_a_mail_that_was_cut_off_is_not_sent_again(world: World) -> None:
    """Its state was committed before the call; the user can enter the address again."""
    world.notifier.enter_mail_address("user-a", "ada@home.example")
    relay = Relay()
    relay.dies = True
    with pytest.raises(SystemExit):
        _mails(world, relay).step()
    assert (_state(world), _mails(world, Relay()).step()) == ("sending", False)


def test_a_mail_that_had_not_begun_when_the_process_ends_is_sent_by_the_next(world: World) -> None:
    """It waits as before, and has had no attempt."""
    world.notifier.enter_mail_address("user-a", "ada@home.example")
    relay = Relay()
    mails = _mails(world, relay)
    mails.stop()
    assert mails.step()
    assert (relay.got, _state(world)) == ([], "waiting")
    assert _mails(world, relay).step()
    assert (len(relay.got), _state(world)) == (1, "sent")


def test_nothing_is_sent_to_who_was_erased_or_too_late(world: World) -> None:
    """The row says refused."""
    world.notifier.enter_mail_address("user-a", "ada@home.example")
    world.clock.now += 3 * DAY_S
    relay = Relay()
    assert _mails(world, relay).step()
    assert (relay.got, _state(world)) == ([], "refused")
