"""Who asks."""

import msgspec
import pytest

from contracts.access.auth import CredentialView
from contracts.access.caller import Caller, Role
from contracts.refusals import Forbidden
from kit.http.access import Unauthenticated, admin, is_recent, known

CALLERS = {role: Caller("u", role, "token", "t", 4e9) for role in Role}


def test_nobody_is_refused_with_what_to_do() -> None:
    """In the endpoint's own words where it has some."""
    for check in (known, admin):
        with pytest.raises(Unauthenticated, match="sign in first"):
            check(None)
        with pytest.raises(Unauthenticated, match="show the secret"):
            check(None, "show the secret")


def test_somebody_goes_on_and_an_admin_goes_further() -> None:
    """Every role is somebody; only admins are admins."""
    assert [known(caller) for caller in CALLERS.values()] == list(CALLERS.values())
    assert admin(CALLERS[Role.ADMIN]) is CALLERS[Role.ADMIN]
    for role in set(CALLERS) - {Role.ADMIN}:
        with pytest.raises(Forbidden):
            admin(CALLERS[role])


def test_a_recent_session_is_the_callers_own_and_live() -> None:
    """Of so many seconds, to the second; not a token, another's session, one that has ended or one to come."""
    session = Caller("u", Role.ADMIN, "session", "s", 4e9)
    began, at = "1970-01-01T00:16:40+00:00", 1000.0
    mine = CredentialView("s", "u", "session", began, began, None)
    other, ended = (
        CredentialView("o", "u", "session", began, began, None),
        msgspec.structs.replace(mine, revoked_at="x"),
    )
    assert [is_recent(session, [other, mine], at + more, 60) for more in (-1, 0, 60, 61)] == [False, True, True, False]
    assert not is_recent(session, [other], at, 60)
    assert not is_recent(session, [ended], at, 60)
    assert not is_recent(msgspec.structs.replace(session, via="token"), [mine], at, 60)
