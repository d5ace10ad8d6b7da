from collections.abc import Callable
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from contracts.access.auth import OneTimeLink, SignedIn
from contracts.access.caller import Role
from contracts.refusals import InvalidInput, NotFound
from services.auth.module import AuthModule
from services.auth.tokens.signing_keys import KeyRing
from services.auth.users import LOCAL_ADMIN
from tests.services.auth.conftest import Clock

pytestmark = pytest.mark.parametrize("way", ["here", "served"])
LINKS: list[Callable[[AuthModule], OneTimeLink]] = [
    lambda auth: auth.local_link(),
    lambda auth: auth.invite(Role.JUDGE, "alice", LOCAL_ADMIN),
]


@pytest.mark.parametrize("make", LINKS)
def test_one_of_twenty_wins(auth: AuthModule, make: Callable[[AuthModule], OneTimeLink]) -> None:
    """Twenty threads spend one link: one session, nineteen refusals, no other error."""
    link, barrier = make(auth), Barrier(20)
    won, lost = list[SignedIn](), list[NotFound]()

    def spend() -> None:
        barrier.wait()
        try:
            won.append(auth.redeem(link.secret))
        except NotFound as refusal:
            lost.append(refusal)

    threads = [Thread(target=spend) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 19)
    assert len(auth.credentials(won[0].caller.subject)) == 1


def test_a_local_link_signs_in_the_one_local_admin(auth: AuthModule) -> None:
    """However many links, one user."""
    links = [auth.local_link() for _ in range(3)]
    callers = [auth.redeem(link.secret).caller for link in links]
    assert {(caller.subject, caller.role) for caller in callers} == {(LOCAL_ADMIN, Role.ADMIN)}
    assert len({caller.credential for caller in callers}) == 3


def test_an_invitation_makes_a_user_with_role_and_judge(auth: AuthModule) -> None:
    """Two invitations make two users."""
    first = auth.redeem(auth.invite(Role.JUDGE, "alice", LOCAL_ADMIN).secret).caller
    second = auth.redeem(auth.invite(Role.JUDGE, "bob", LOCAL_ADMIN).secret).caller
    assert (first.role, first.judge, second.judge) == (Role.JUDGE, "alice", "bob")
    assert first.subject != second.subject


def test_a_local_link_lasts_ten_minutes(auth: AuthModule, clock: Clock) -> None:
    """Just before its end it signs in, at its end no more."""
    first, second = auth.local_link(), auth.local_link()
    clock.now += 599.5
    assert auth.redeem(first.secret).caller.role == Role.ADMIN
    clock.now += 0.5
    with pytest.raises(NotFound, match="expired"):
        auth.redeem(second.secret)


def test_an_invitation_lasts_seven_days(auth: AuthModule, clock: Clock) -> None:
    """After that its judge may be invited anew."""
    first = auth.invite(Role.JUDGE, "alice", LOCAL_ADMIN)
    second = auth.invite(Role.JUDGE, "bob", LOCAL_ADMIN)
    clock.now += 7 * 24 * 3600 - 0.5
    assert auth.redeem(first.secret).caller.judge == "alice"
    clock.now += 0.5
    with pytest.raises(NotFound, match="expired"):
        auth.redeem(second.secret)
    assert auth.invite(Role.JUDGE, "bob", LOCAL_ADMIN).judge == "bob"


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "é" * 43, "\udcff" * 43, "x" * 5_000_000])
def test_what_is_no_link_is_not_found(auth: AuthModule, secret: str) -> None:
    """Unknown, empty, huge or not ASCII: one answer."""
    with pytest.raises(NotFound):
        auth.redeem(secret)


def test_secrets_are_stored_as_hashes_only(auth: AuthModule, engine: sa.Engine) -> None:
    """No secret of a link, a session or a token is anywhere in the database, or in a record's text."""
    link = auth.local_link()
    signed_in, token = auth.redeem(link.secret), auth.issue_token(Role.ADMIN, 60)
    with engine.connect() as connection:
        tables = sa.inspect(engine).get_table_names()
        rows = [str(connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in tables]  # noqa: S608  # names read from the schema
    shown = repr(link) + repr(signed_in) + str(signed_in)
    for secret in (link.secret, signed_in.secret, token.rpartition(".")[2]):
        assert secret not in "".join(rows)
        assert secret not in shown


def test_a_local_link_gives_the_role_that_the_store_says(auth: AuthModule) -> None:
    """A local admin whom another admin made a user is no admin again by a link."""
    auth.redeem(auth.local_link().secret)
    auth.redeem(auth.invite(Role.ADMIN, None, LOCAL_ADMIN).secret)
    auth.grant(LOCAL_ADMIN, Role.USER)
    link = auth.local_link()
    assert (link.role, auth.redeem(link.secret).caller.role) == (Role.USER, Role.USER)


def test_local_links_can_be_off(engine: sa.Engine, auth: AuthModule, keys: KeyRing, clock: Clock) -> None:
    """Beyond loopback none is made and none is taken."""
    link = auth.local_link()
    off = AuthModule(engine, keys, clock=clock, local_links=False)
    with pytest.raises(InvalidInput, match="loopback"):
        off.local_link()
    with pytest.raises(NotFound):
        off.redeem(link.secret)
    assert off.redeem(off.invite(Role.ADMIN, None, LOCAL_ADMIN).secret).caller.role == Role.ADMIN
