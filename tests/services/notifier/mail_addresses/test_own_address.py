"""A user's mail address: nothing counts before its link was opened, and nobody is written to again and again."""

import pytest

from contracts.modules.mail_links import MailAddress
from contracts.modules.profile import Channel
from contracts.refusals import Conflict, InvalidInput, NotFound, Refusal
from kit.times import iso
from services.notifier.channels.settings import NotifierTable
from services.notifier.mail_addresses.own_address import COUNTS_S, confirmation_token
from services.notifier.mail_addresses.suppressions import SuppressedFor, Suppressions
from services.notifier.module import InboxErased, NotifierModule
from services.notifier.tables import CONFIRMATIONS
from tests.services.notifier.world import DAY_S, START, World

NONE = MailAddress(address=None, confirmed_at=None, suppressed=None, pending=None, pending_state=None)
ADA = "Ada@home.example"


def _enter(world: World, address: str = ADA, user: str = "user-a") -> str:
    """Enter an address and return the token of its link."""
    world.notifier.enter_mail_address(user, address)
    newest = CONFIRMATIONS.select().where(CONFIRMATIONS.c.user == user, CONFIRMATIONS.c.state == "waiting")
    with world.engine.connect() as connection:
        row = connection.execute(newest).one()
    return confirmation_token(world.tokens, user, row.id, row.created_at)


def _reached(world: World, user: str = "user-a") -> list[str]:
    with world.engine.connect() as connection:
        return [each.text for each in world.addresses.reached(connection, user, Channel.EMAIL)]


def _suppress(world: World, why: SuppressedFor) -> None:
    suppressions = Suppressions(world.addresses)
    with world.engine.begin() as connection:
        suppressions.add(connection, suppressions.hash_of(ADA), why, START)


def test_an_address_counts_once_its_link_was_opened_and_confirmed(world: World) -> None:
    """Looking at the page changes nothing, confirming again neither."""
    token = _enter(world)
    waits = world.notifier.mail_address("user-a")
    assert (waits.address, waits.pending, waits.pending_state) == (None, ADA, "waiting")
    assert not world.notifier.linked_address(token).confirmed
    assert _reached(world) == []
    for _ in range(2):
        assert world.notifier.confirm_address(token).confirmed
    assert _reached(world) == [ADA]
    assert world.notifier.mail_address("user-a") == MailAddress(
        address=ADA, confirmed_at=iso(START), suppressed=None, pending=None, pending_state=None
    )


def test_a_user_has_one_address(world: World) -> None:
    """The next one takes its place once it is confirmed; the link of one that was replaced is none any more."""
    world.notifier.confirm_address(_enter(world))
    first = _enter(world, "b@home.example")
    second = _enter(world, "c@home.example")
    with pytest.raises(NotFound):
        world.notifier.confirm_address(first)
    assert _reached(world) == [ADA]
    world.notifier.confirm_address(second)
    assert _reached(world) == ["c@home.example"]
    assert world.notifier.remove_mail_address("user-a") == NONE
    with pytest.raises(NotFound):
        world.notifier.confirm_address(second)


def test_a_link_ends_after_two_days(world: World) -> None:
    """And belongs to its user alone."""
    token = _enter(world)
    world.clock.now += COUNTS_S + 1
    with pytest.raises(NotFound):
        world.notifier.confirm_address(token)
    assert world.notifier.mail_address("user-a") == NONE


def test_nobody_is_written_to_again_and_again(world: World) -> None:
    """Five mails of a user in a day, three to an address, whoever enters it."""
    for number in range(5):
        _enter(world, f"{number}@home.example")
    for user in ("user-b", "user-c", "user-d"):
        _enter(world, ADA, user)
    for user, address in (("user-a", "6@home.example"), ("user-e", ADA.upper().replace("HOME", "home"))):
        with pytest.raises(Refusal) as refused:
            world.notifier.enter_mail_address(user, address)
        assert refused.value.code == "RATE_LIMITED"
    world.clock.now += DAY_S
    _enter(world, ADA)


def test_confirming_shows_that_an_address_takes_mail_again(world: World) -> None:
    """What came back once counts no more; who complained is not written to at all."""
    _suppress(world, SuppressedFor.BOUNCE)
    world.notifier.confirm_address(_enter(world))
    assert world.notifier.mail_address("user-a").suppressed is None
    _suppress(world, SuppressedFor.COMPLAINT)
    assert world.notifier.mail_address("user-a").suppressed == "complaint"
    with pytest.raises(Conflict, match="an admin can say why"):
        world.notifier.enter_mail_address("user-b", ADA)


@pytest.mark.parametrize("address", ["ada", "a@b\r\nBcc: x@y.example", "a@b.example, c@d.example", "ä@home.example"])
def test_what_is_no_address_is_refused(world: World, address: str) -> None:
    """Before anything is stored."""
    with pytest.raises(InvalidInput):
        world.notifier.enter_mail_address("user-a", address)
    assert world.notifier.mail_address("user-a") == NONE


def test_without_a_relay_there_is_nothing_to_confirm(world: World) -> None:
    """Entering an address says so."""
    module = NotifierModule(world.context(NotifierTable()), world.addresses)
    with pytest.raises(Conflict, match="no mail is sent here"):
        module.enter_mail_address("user-a", ADA)


def test_an_erased_user_confirms_nothing(world: World) -> None:
    """By no link."""
    token = _enter(world)
    world.sealer.destroy("user-a")
    for ask in (world.notifier.linked_address, world.notifier.confirm_address):
        with pytest.raises(InboxErased):
            ask(token)
