import pytest

from contracts.access.auth import SignedIn
from contracts.access.caller import Role
from contracts.refusals import InvalidInput, NotFound
from services.auth.module import AuthModule
from tests.services.auth.conftest import Clock

pytestmark = pytest.mark.parametrize("way", ["here", "served"])
HOUR = 3600.0
DAY = 24 * HOUR


@pytest.fixture
def signed_in(auth: AuthModule) -> SignedIn:
    """A session of the local admin."""
    return auth.redeem(auth.local_link().secret)


def test_a_session_lasts_twelve_idle_hours(auth: AuthModule, clock: Clock, signed_in: SignedIn) -> None:
    """It ends where nobody uses it."""
    clock.now += 12 * HOUR
    assert auth.by_session(signed_in.secret) is None
    assert not auth.is_live(signed_in.caller)


def test_use_makes_a_session_longer_up_to_fourteen_days(
    auth: AuthModule, elsewhere: AuthModule, clock: Clock, signed_in: SignedIn
) -> None:
    """Eleven hours apart it goes on and on, and ends at the fourteenth day all the same."""
    start, last = clock.now, signed_in.caller.expires_at
    while clock.now + 11 * HOUR < start + 14 * DAY:
        clock.now += 11 * HOUR
        longer = auth.by_session(signed_in.secret)
        assert longer is not None
        caller = elsewhere.by_session(signed_in.secret)
        assert caller is not None
        assert caller.expires_at == longer.expires_at > last
        last = caller.expires_at
    assert last == start + 14 * DAY
    clock.now = start + 14 * DAY
    assert auth.by_session(signed_in.secret) is None


def test_a_clock_that_steps_back_shortens_no_session(auth: AuthModule, clock: Clock, signed_in: SignedIn) -> None:
    """The later expiry stays."""
    clock.now -= DAY
    caller = auth.by_session(signed_in.secret)
    assert caller is not None
    assert caller.expires_at == signed_in.caller.expires_at


def test_use_is_written_once_a_minute(auth: AuthModule, clock: Clock, signed_in: SignedIn) -> None:
    """Within a minute nothing is written; after it the session is longer and the user was seen."""
    before = auth.user("local-admin")
    clock.now += 59
    auth.by_session(signed_in.secret)
    assert auth.user("local-admin") == before
    clock.now += 2
    auth.by_session(signed_in.secret)
    after = auth.user("local-admin")
    assert before is not None
    assert after is not None
    assert str(after.last_seen_at) > str(before.last_seen_at)


def test_a_new_sign_in_takes_nothing_from_an_old_session(auth: AuthModule, signed_in: SignedIn) -> None:
    """Another secret and another id, so that no planted session becomes somebody's."""
    again = auth.redeem(auth.local_link().secret)
    assert again.secret != signed_in.secret
    assert again.caller.credential != signed_in.caller.credential
    assert len(again.secret) == 43


@pytest.mark.parametrize("secret", ["", "x" * 43, "é" * 43, "\udcff" * 43, "x" * 100_000])
def test_rubbish_is_nobody(auth: AuthModule, secret: str) -> None:
    """Whatever a cookie holds."""
    assert auth.by_session(secret) is None


def test_revoking_ends_a_session_here_at_once_and_elsewhere_within_a_second(
    auth: AuthModule, elsewhere: AuthModule, clock: Clock, signed_in: SignedIn
) -> None:
    """The other process may answer from the second that it remembers, not longer."""
    assert elsewhere.by_session(signed_in.secret) is not None
    view = auth.revoke(signed_in.caller.credential)
    assert view.revoked_at is not None
    assert auth.by_session(signed_in.secret) is None
    assert not elsewhere.is_live(signed_in.caller)
    clock.now += 1.0
    assert elsewhere.by_session(signed_in.secret) is None


def test_revoking_again_changes_nothing(auth: AuthModule, clock: Clock, signed_in: SignedIn) -> None:
    """The first time counts; an unknown id is NotFound."""
    first = auth.revoke(signed_in.caller.credential)
    clock.now += 100
    assert auth.revoke(signed_in.caller.credential) == first
    with pytest.raises(NotFound):
        auth.revoke("session-none")


def test_signing_out_ends_only_this_credential(auth: AuthModule, signed_in: SignedIn) -> None:
    """The other session of the same user goes on; a token signs out as well."""
    other = auth.redeem(auth.local_link().secret)
    token = auth.issue_token(Role.ADMIN, 60)
    caller = auth.by_bearer(token)
    assert caller is not None
    auth.sign_out(signed_in.caller)
    auth.sign_out(caller)
    assert auth.by_session(signed_in.secret) is None
    assert auth.by_bearer(token) is None
    assert auth.by_session(other.secret) is not None


def test_credentials_are_listed_newest_first(auth: AuthModule, clock: Clock) -> None:
    """Both kinds of one user, with how they stand."""
    tokens = []
    for ttl in (60, 120):
        clock.now += 10
        tokens.append(auth.issue_token(Role.JUDGE, ttl, "alice"))
    listed = auth.credentials("service-judge:alice")
    assert [(view.via, view.revoked_at) for view in listed] == [("token", None)] * 2
    assert listed[0].expires_at > listed[1].expires_at
    caller = auth.by_bearer(tokens[1])
    assert caller is not None
    assert (caller.credential, caller.judge) == (listed[0].id, "alice")


def test_what_ended_long_ago_is_forgotten(auth: AuthModule, clock: Clock, signed_in: SignedIn) -> None:
    """Ninety days after its end a session is gone, in the next sign-in."""
    clock.now += 92 * DAY
    auth.redeem(auth.local_link().secret)
    assert [view.id for view in auth.credentials("local-admin")].count(signed_in.caller.credential) == 0


@pytest.mark.parametrize("ttl", [0, -1, 90 * 24 * 3600 + 1, 10**12])
def test_a_token_lives_ninety_days_at_most(auth: AuthModule, ttl: int) -> None:
    """No shorter than a second, no longer than that."""
    with pytest.raises(InvalidInput, match="90 days"):
        auth.issue_token(Role.ADMIN, ttl)


def test_a_session_is_not_revoked_as_a_token(auth: AuthModule, signed_in: SignedIn) -> None:
    """Asked for the other kind it is not found, and it still counts."""
    with pytest.raises(NotFound):
        auth.revoke(signed_in.caller.credential, "token")
    assert auth.by_session(signed_in.secret) is not None
    assert auth.revoke(signed_in.caller.credential, "session").revoked_at is not None
