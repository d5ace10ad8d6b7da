"""Mails that come back suppress whose they were, and nobody else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.mail_addresses.return_paths import ReturnPaths
from services.notifier.mail_addresses.returned_mail import take_returned
from services.notifier.mail_addresses.suppressions import SuppressedFor, Suppressions
from tests.services.notifier.mail_addresses.returned import bounce, complaint
from tests.services.notifier.world import START, World

READER, OTHER = "Reader@home.example", "other@home.example"
PATHS = ReturnPaths(b"l" * 32, "bounces@tips.example")


def _taken(world: World, mail: bytes) -> tuple[str, list[SuppressedFor | None]]:
    """What a mail was, and why the two addresses get no mail then."""
    suppressions = Suppressions(world.addresses)
    with world.engine.begin() as connection:
        word = take_returned(connection, mail, PATHS, suppressions, START)
        return word, [suppressions.reason(connection, address) for address in (READER, OTHER)]


def _path(world: World) -> str:
    return PATHS.path(Suppressions(world.addresses).hash_of(READER.lower()), START)


def test_a_bounce_suppresses_the_address_of_its_return_path(world: World) -> None:
    """Whomever the report names; an address counts in whatever case it is written."""
    assert _taken(world, bounce(_path(world), named=OTHER)) == ("bounce", [SuppressedFor.BOUNCE, None])
    assert _taken(world, bounce(_path(world))) == ("bounce", [SuppressedFor.BOUNCE, None])


def test_a_complaint_outlasts_a_bounce(world: World) -> None:
    """It is an address that wants none; a bounce after it changes nothing, and only an admin lifts it."""
    _taken(world, bounce(_path(world)))
    assert _taken(world, complaint(_path(world))) == ("complaint", [SuppressedFor.COMPLAINT, None])
    assert _taken(world, bounce(_path(world)))[1] == [SuppressedFor.COMPLAINT, None]
    suppressions = Suppressions(world.addresses)
    with world.engine.begin() as connection:
        assert not suppressions.lift(connection, READER, SuppressedFor.BOUNCE)
        assert suppressions.lift(connection, READER, *SuppressedFor)
        assert suppressions.reason(connection, READER) is None


@pytest.mark.parametrize("status", ["4.2.2", "4.4.7"])
def test_what_failed_for_now_suppresses_nobody(world: World, status: str) -> None:
    """A full mailbox may have room tomorrow."""
    assert _taken(world, bounce(_path(world), status)) == ("later", [None, None])


def test_a_forged_report_suppresses_nobody(world: World) -> None:
    """One that names a victim but has no return path of ours, or one with another's signature."""
    foreign = ReturnPaths(b"m" * 32, "bounces@tips.example").path(Suppressions(world.addresses).hash_of(READER), START)
    for mail in (bounce("bounces@tips.example", named=READER), bounce(foreign), complaint(foreign), complaint(READER)):
        assert _taken(world, mail) == ("unknown", [None, None])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 700))
def test_no_mail_ends_the_command(rubbish: bytes, at: int) -> None:
    """Whatever stands where in a report, it is some word of the five."""
    mail = bounce("bounces@tips.example")
    word = take_returned(None, mail[:at] + rubbish + mail[at:], PATHS, None, START)  # type: ignore[arg-type]  # not reached
    assert word in {"other", "later", "unknown"}
