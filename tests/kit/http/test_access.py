"""Who asks."""

import pytest

from contracts.access.caller import Caller, Role
from contracts.refusals import Forbidden
from kit.http.access import Unauthenticated, admin, known

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
