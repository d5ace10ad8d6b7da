"""Judges who come again, and admins who judge too."""

import pytest
import sqlalchemy as sa

from contracts.access.caller import Role
from contracts.refusals import Conflict, InvalidInput, NotFound
from services.auth.module import AuthModule
from services.auth.tokens.signing_keys import KeyRing
from services.auth.users import LOCAL_ADMIN
from tests.services.auth.conftest import Clock

pytestmark = pytest.mark.parametrize("way", ["here", "served"])


def test_a_judge_comes_again_as_the_same_user(auth: AuthModule, clock: Clock) -> None:
    """By a link that works once, for seven days, and ends none of the sessions that are there."""
    first = auth.redeem(auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN).secret)
    link = auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN, again=True)
    clock.now += 6 * 24 * 3600
    second = auth.redeem(link.secret)
    assert (second.caller.subject, second.caller.judge) == (first.caller.subject, "anna")
    with pytest.raises(NotFound):
        auth.redeem(link.secret)


def test_an_invitation_that_was_lost_is_made_again(auth: AuthModule) -> None:
    """The one before ends, and the new one makes the user."""
    lost = auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN)
    found = auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN, again=True)
    with pytest.raises(NotFound):
        auth.redeem(lost.secret)
    assert auth.redeem(found.secret).caller.judge == "anna"


def test_a_judge_also_comes_again_where_local_links_are_off(
    engine: sa.Engine, auth: AuthModule, keys: KeyRing, clock: Clock
) -> None:
    """It is an invitation, and no link of the local admin."""
    auth.redeem(auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN).secret)
    link = auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN, again=True)
    beyond = AuthModule(engine, keys, local_links=False, clock=clock)
    assert beyond.redeem(link.secret).caller.judge == "anna"


def test_only_a_judge_who_was_invited_comes_again(auth: AuthModule) -> None:
    """Nobody of that name, no name, and somebody who is an admin are refused by the judge's name."""
    admin = auth.redeem(auth.invite(Role.ADMIN, "boss", LOCAL_ADMIN).secret).caller
    assert admin.judge == "boss"
    for role, judge in ((Role.JUDGE, "nobody"), (Role.JUDGE, None), (Role.JUDGE, "boss"), (Role.ADMIN, "boss")):
        with pytest.raises(InvalidInput) as refused:
            auth.invite(role, judge, LOCAL_ADMIN, again=True)
        assert refused.value.path == ("judge",)


def test_a_lost_invitation_gives_no_judge_id_to_a_role_that_does_not_judge(auth: AuthModule) -> None:
    """It is refused, and the invitation that was made before holds."""
    link = auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN)
    with pytest.raises(InvalidInput):
        auth.invite(Role.USER, "anna", LOCAL_ADMIN, again=True)
    assert auth.redeem(link.secret).caller.judge == "anna"


def test_a_link_of_a_judge_makes_no_admin(auth: AuthModule) -> None:
    """Once the judge is an admin, a link that was made for the judge is none."""
    anna = auth.redeem(auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN).secret).caller
    link = auth.invite(Role.JUDGE, "anna", LOCAL_ADMIN, again=True)
    auth.grant(anna.subject, Role.ADMIN)
    with pytest.raises(NotFound):
        auth.redeem(link.secret)


def test_a_user_who_is_there_gets_a_judge_id_for_good(auth: AuthModule) -> None:
    """An admin answers as a judge too; the same again changes nothing, another one or a taken one is refused."""
    auth.redeem(auth.local_link().secret)
    assert auth.grant(LOCAL_ADMIN, Role.ADMIN, "me").judge == "me"
    assert auth.grant(LOCAL_ADMIN, Role.ADMIN, "me").judge == "me"
    with pytest.raises(Conflict, match="for good"):
        auth.grant(LOCAL_ADMIN, Role.ADMIN, "you")
    other = auth.redeem(auth.invite(Role.USER, None, LOCAL_ADMIN).secret).caller
    with pytest.raises(InvalidInput):
        auth.grant(other.subject, Role.JUDGE, "me")
    with pytest.raises(InvalidInput):
        auth.grant(other.subject, Role.USER, "other")
    assert auth.redeem(auth.local_link().secret).caller.judge == "me"
