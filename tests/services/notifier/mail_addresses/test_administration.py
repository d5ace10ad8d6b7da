"""The suppression list as admins see it."""

import pytest

from contracts.modules.notice_administration import SuppressionView
from contracts.paging import InvalidCursor, PageRequest
from contracts.refusals import InvalidInput, NotFound
from services.notifier.mail_addresses.suppressions import SuppressedFor, Suppressions
from tests.services.notifier.world import START, World


def _listed(world: World) -> list[SuppressionView]:
    found = world.notifier.suppressions(PageRequest()).rows
    assert world.notifier.count_suppressions() == len(found)
    return found


def test_an_address_is_put_on_the_list_and_taken_out_by_typing_it(world: World) -> None:
    """In whatever case; again changes nothing, what is not there is said so, and the list holds no address."""
    added = world.notifier.suppress(" Anna@Example.org ")
    world.clock.now = START + 10
    assert world.notifier.suppress("anna@example.org") == added
    assert _listed(world) == [added]
    assert added.reason == "admin"
    assert "anna" not in repr(added).lower()
    assert world.notifier.lift_suppression("ANNA@example.org") == added
    assert _listed(world) == []
    with pytest.raises(NotFound):
        world.notifier.lift_suppression("anna@example.org")
    for call in (world.notifier.suppress, world.notifier.lift_suppression):
        with pytest.raises(InvalidInput) as refused:
            call("canary, no address")
        assert "canary" not in str(refused.value)


def test_an_admin_takes_out_what_came_back_too_and_has_the_last_word(world: World) -> None:
    """A bounce is listed as such; put on the list by an admin it is an admin's."""
    suppressions = Suppressions(world.addresses)
    with world.notifier.store.writing() as connection:
        suppressions.add(connection, suppressions.hash_of("ben@example.org"), SuppressedFor.BOUNCE, START)
    assert [each.reason for each in _listed(world)] == ["bounce"]
    assert world.notifier.suppress("ben@example.org").reason == "admin"
    assert world.notifier.lift_suppression("ben@example.org").reason == "admin"
    assert _listed(world) == []


def test_pages_of_the_list_follow_each_other(world: World) -> None:
    """Newest first, those of one moment too, and a forged cursor is refused."""
    added = {world.notifier.suppress(f"user{number}@example.org").id for number in range(3)}
    first = world.notifier.suppressions(PageRequest(first=2))
    rest = world.notifier.suppressions(PageRequest(first=2, after=first.keys[-1]))
    assert {each.id for each in (*first.rows, *rest.rows)} == added
    assert (first.more, rest.more, len(rest.rows)) == (True, False, 1)
    for forged in ((1.0, "no hash"), ("x", "y")):
        with pytest.raises(InvalidCursor):
            world.notifier.suppressions(PageRequest(after=forged))
