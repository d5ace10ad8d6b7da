import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.access.auth import Auth
from contracts.access.caller import Role
from contracts.paging import PageRequest
from contracts.refusals import Refusal, Unavailable
from services.auth.module import AuthModule
from services.auth.sessions.credentials import DAY_S, MOST_SESSIONS
from services.auth.tables import SESSIONS, TOKENS, USERS
from services.auth.tokens.bearer import Parties, sign
from services.auth.tokens.signing_keys import KeyRing
from services.auth.users import LOCAL_ADMIN
from tests.services.auth.conftest import Clock


def test_it_is_what_the_contract_says(auth: AuthModule) -> None:
    """The type checker holds the module to contracts.access.auth.Auth."""
    typed: Auth = auth
    assert typed.by_session("") is None


def test_a_token_signs_in_the_service_account_of_its_role(auth: AuthModule, clock: Clock) -> None:
    """Role and judge are the store's."""
    caller = auth.by_bearer(auth.issue_token(Role.JUDGE, 600, "alice"))
    assert caller is not None
    assert (caller.subject, caller.role, caller.via) == ("service-judge:alice", Role.JUDGE, "token")
    assert (caller.judge, caller.expires_at) == ("alice", clock.now + 600)
    assert auth.is_live(caller)
    again = auth.by_bearer(auth.issue_token(Role.JUDGE, 60, "alice"))
    assert again is not None
    assert again.subject == caller.subject


def test_a_token_counts_until_its_end_and_the_leeway(auth: AuthModule, clock: Clock) -> None:
    """Though it was remembered a moment ago."""
    token = auth.issue_token(Role.ADMIN, 60)
    clock.now += 59.9
    assert auth.by_bearer(token) is not None
    clock.now += 5
    assert auth.by_bearer(token) is not None
    clock.now += 0.2
    assert auth.by_bearer(token) is None


def test_a_token_that_was_not_issued_is_nobody(auth: AuthModule, clock: Clock, tmp_path: Path) -> None:
    """Signed with our key, under an id that the store does not know, or for another subject than it was issued to."""
    key, now = KeyRing(tmp_path / "keys").signing(clock.now), int(clock.now)
    parties = Parties("tipbench", "tipbench-admin")
    auth.issue_token(Role.JUDGE, 60)
    issued = auth.by_bearer(auth.issue_token(Role.ADMIN, 60))
    assert issued is not None
    assert auth.by_bearer(sign(key, parties, "service-admin", issued.credential, now, 60)) is not None
    assert auth.by_bearer(sign(key, parties, "service-admin", "token-unknown", now, 60)) is None
    assert auth.by_bearer(sign(key, parties, "service-judge", issued.credential, now, 60)) is None


def test_a_revoked_token_ends_within_a_second(auth: AuthModule, elsewhere: AuthModule, clock: Clock) -> None:
    """Here at once, in another process when its second is over."""
    token = auth.issue_token(Role.ADMIN, 600)
    caller = elsewhere.by_bearer(token)
    assert caller is not None
    auth.revoke(caller.credential)
    assert auth.by_bearer(token) is None
    assert not elsewhere.is_live(caller)
    clock.now += 1.0
    assert elsewhere.by_bearer(token) is None


def test_a_refused_token_is_logged_by_class_alone(auth: AuthModule, caplog: pytest.LogCaptureFixture) -> None:
    """No part of it reaches the log."""
    token = auth.issue_token(Role.ADMIN, 60)
    caplog.set_level(logging.DEBUG)
    assert auth.by_bearer(token[:-4] + "AAAA") is None
    assert [record.getMessage() for record in caplog.records] == ["a bearer token was refused: InvalidSignatureError"]
    assert token[:20] not in caplog.text


def test_a_demoted_admin_is_one_no_more(auth: AuthModule, elsewhere: AuthModule, clock: Clock) -> None:
    """The session goes on with the new role, within a second everywhere, and long answers end."""
    auth.local_link()
    session = auth.redeem(auth.invite(Role.ADMIN, None, "local-admin").secret)
    assert elsewhere.by_session(session.secret) == session.caller
    auth.grant(session.caller.subject, Role.USER)
    here = auth.by_session(session.secret)
    assert here is not None
    assert here.role == Role.USER
    assert not elsewhere.is_live(session.caller)
    assert elsewhere.is_live(here)
    clock.now += 1.0
    assert elsewhere.by_session(session.secret) == here


def test_without_its_store_nobody_has_the_old_role(
    auth: AuthModule, clock: Clock, lose_store: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Within the second the answer is remembered, after it Unavailable, never a role and never nobody."""
    session, token = auth.redeem(auth.local_link().secret), auth.issue_token(Role.ADMIN, 600)
    caller = auth.by_session(session.secret)
    assert auth.by_bearer(token) is not None
    lose_store()
    clock.now += 0.9
    assert auth.by_session(session.secret) == caller
    clock.now += 0.1
    for ask in (
        lambda: auth.by_session(session.secret),
        lambda: auth.by_bearer(token),
        lambda: auth.is_live(session.caller),
    ):
        with pytest.raises(Unavailable) as raised:
            ask()
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__
    assert session.secret not in caplog.text
    assert auth.by_bearer("rubbish") is None


def test_without_its_store_changes_are_refused_as_unavailable(auth: AuthModule, lose_store: Callable[[], None]) -> None:
    """What is no question of who asks ends in the refusal that every endpoint knows."""
    link = auth.local_link()
    lose_store()
    for ask in (
        lambda: auth.redeem(link.secret),
        auth.local_link,
        lambda: auth.invite(Role.USER, None, "local-admin"),
        lambda: auth.issue_token(Role.ADMIN, 60),
        lambda: auth.user("local-admin"),
        lambda: auth.users(PageRequest()),
        lambda: auth.credentials("local-admin"),
        lambda: auth.grant("local-admin", Role.ADMIN),
        lambda: auth.revoke("token-1"),
    ):
        with pytest.raises(Unavailable):
            ask()


def test_a_session_that_cannot_be_made_longer_still_counts(auth: AuthModule, engine: sa.Engine, clock: Clock) -> None:
    """Where the store is read only, its reading goes on."""
    session = auth.redeem(auth.local_link().secret)
    engine.dispose()

    def forbid(connection: Any, _: object) -> None:
        if engine.dialect.name == "postgresql":
            connection.read_only = True
        else:
            connection.execute("PRAGMA query_only=ON")

    sa.event.listen(engine, "connect", forbid)
    clock.now += 3600
    caller = auth.by_session(session.secret)
    assert caller is not None
    assert caller.expires_at == session.caller.expires_at


def test_only_ids_and_hashes_are_kept_of_a_token(auth: AuthModule, engine: sa.Engine) -> None:
    """The row is what revoking needs."""
    auth.issue_token(Role.ADMIN, 60)
    with engine.connect() as connection:
        (row,) = connection.execute(sa.select(TOKENS)).mappings()
    assert set(row) == {"id", "user", "created_at", "expires_at", "revoked_at", "grant"}


def test_what_is_remembered_asks_nobody(auth: AuthModule, clock: Clock, lose_store: Callable[[], None]) -> None:
    """The event loop may ask it; an unknown credential, another kind or a huge one is simply not known."""
    session = auth.redeem(auth.local_link().secret)
    assert auth.cached("session", session.secret) is None
    auth.by_session(session.secret)
    lose_store()
    assert auth.cached("session", session.secret) == session.caller
    assert auth.cached("token", session.secret) is None
    assert auth.cached("token", "x" * 5_000_000) is None
    clock.now += 1
    assert auth.cached("session", session.secret) is None


def test_near_a_full_disk_only_admins_sign_in(engine: sa.Engine, auth: AuthModule, keys: KeyRing, clock: Clock) -> None:
    """Nothing is stored of anybody else, and their link is as good as before."""
    full = AuthModule(engine, keys, clock=clock, has_capacity=lambda: False)
    assert full.redeem(full.local_link().secret).caller.role is Role.ADMIN
    link = full.invite(Role.USER, None, LOCAL_ADMIN)
    with pytest.raises(Unavailable, match="an admin has made room"):
        full.redeem(link.secret)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(USERS)).scalar_one() == 1
    assert auth.redeem(link.secret).caller.role is Role.USER


def test_a_user_begins_a_bounded_number_of_sessions_in_a_day(auth: AuthModule, engine: sa.Engine, clock: Clock) -> None:
    """One more is refused, another user's is not, and the next day it is begun."""
    user = auth.redeem(auth.local_link().secret).caller.subject
    with auth.changing() as connection:
        for _ in range(MOST_SESSIONS - 1):
            auth.start(connection, user, clock.now)
    link = auth.local_link()
    with pytest.raises(Refusal, match="which is the most") as refused:
        auth.redeem(link.secret)
    assert refused.value.code == "RATE_LIMITED"
    auth.redeem(auth.invite(Role.USER, None, LOCAL_ADMIN).secret)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(SESSIONS)).scalar_one() == MOST_SESSIONS + 1
    clock.now += DAY_S
    assert auth.redeem(auth.local_link().secret).caller.subject == user


@pytest.mark.parametrize("years", [1, 30, -1, -30])
def test_a_clock_that_is_wrong_for_a_while_ends_nothing_for_good(auth: AuthModule, clock: Clock, years: int) -> None:
    """Ahead, a session and a token count for nobody; behind, they count or not, without a defect; then as before."""
    session, token = auth.redeem(auth.local_link().secret), auth.issue_token(Role.USER, 600)
    right = clock.now
    clock.now += years * 365 * DAY_S
    found = [auth.by_session(session.secret), auth.by_bearer(token)]
    assert years < 0 or found == [None, None]
    clock.now = right
    assert auth.by_session(session.secret) is not None
    assert auth.by_bearer(token) is not None


def test_signing_in_a_year_ahead_deletes_what_would_be_past_then(auth: AuthModule, clock: Clock) -> None:
    """As the nightly pruning does; whoever signs in is signed in, then and once the clock is right."""
    token, right = auth.issue_token(Role.USER, 600), clock.now
    clock.now += 365 * DAY_S
    assert auth.redeem(auth.local_link().secret).caller.role is Role.ADMIN
    clock.now = right
    assert auth.by_bearer(token) is None
    assert auth.redeem(auth.local_link().secret).caller.role is Role.ADMIN
