"""What admins see and end of others: open invitations, and tokens made for scripts."""

import pytest

from contracts.access.auth import IssuedToken
from contracts.access.caller import Role
from contracts.refusals import InvalidInput, NotFound
from services.auth.module import AuthModule
from services.auth.sessions.one_time_links import INVITATION_S
from tests.services.auth.conftest import Clock

pytestmark = pytest.mark.parametrize("way", ["here", "served"])


def test_open_invitations_are_listed_until_they_are_used_or_end(auth: AuthModule, clock: Clock) -> None:
    """The newest first, with whom a second one signs in again; never a link of the local admin, nor a secret."""
    auth.local_link()
    used = auth.invite(Role.JUDGE, "anna", "boss")
    anna = auth.redeem(used.secret).caller.subject
    clock.now += 1
    first = auth.invite(Role.ADMIN, None, "boss")
    clock.now += 1
    again = auth.invite(Role.JUDGE, "anna", "boss", again=True)
    found = auth.invitations()
    assert [(each.id, each.role, each.judge, each.user, each.by) for each in found] == [
        (again.id, Role.JUDGE, "anna", anna, "boss"),
        (first.id, Role.ADMIN, None, None, "boss"),
    ]
    assert not any(secret in repr(found) for secret in (first.secret, again.secret))
    clock.now += INVITATION_S
    assert auth.invitations() == []


def test_a_withdrawn_invitation_signs_nobody_in(auth: AuthModule) -> None:
    """Its judge id is free again, and neither it nor a used one is withdrawn a second time."""
    made = auth.invite(Role.JUDGE, "ben", "boss")
    assert auth.withdraw(made.id).id == made.id
    with pytest.raises(NotFound):
        auth.redeem(made.secret)
    assert auth.invitations() == []
    used = auth.invite(Role.JUDGE, "ben", "boss")
    auth.redeem(used.secret)
    for link in (made.id, used.id, "link-none", ""):
        with pytest.raises(NotFound):
            auth.withdraw(link)


def test_a_made_token_is_told_by_the_id_that_ends_it(auth: AuthModule) -> None:
    """It acts as its role's service account until it is revoked; its secret is in no text of it; 90 days at most."""
    made = auth.make_token(Role.JUDGE, 3600, "script")
    caller = auth.by_bearer(made.secret)
    assert caller is not None
    assert (caller.subject, caller.role, caller.judge, caller.credential) == (made.user, Role.JUDGE, "script", made.id)
    assert [(each.id, each.expires_at) for each in auth.credentials(made.user)] == [(made.id, made.expires_at)]
    assert made.secret not in repr(IssuedToken(made.id, made.secret, made.user, made.expires_at))
    auth.revoke(made.id, "token")
    assert auth.by_bearer(made.secret) is None
    for ttl in (0, 90 * 86400 + 1):
        with pytest.raises(InvalidInput):
            auth.make_token(Role.USER, ttl)
