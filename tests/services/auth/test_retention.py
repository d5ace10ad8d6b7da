import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.access.caller import Role
from contracts.modules.retention import Data
from contracts.modules.sealing import Erased
from contracts.refusals import Conflict, NotFound
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from services.auth.module import AuthModule
from services.auth.oidc_client.id_tokens import Identity
from services.auth.oidc_client.identities import Identities
from services.auth.oidc_client.login_transactions import begin_transaction
from services.auth.retention import AuthRetention
from services.auth.tables import GRANTS, IDENTITIES, METADATA, REFRESH, TOKENS, USERS
from tests.services.auth.conftest import START, Clock, RecordingBus

WHO = Identity("https://planted-issuer.example", "planted-subject", None, None)
DAY_S = 86_400.0


@pytest.fixture
def sealer(tmp_path: Path) -> UserKeys:
    """The store of the users' keys, beside the database."""
    return UserKeys(UserKeyFile(tmp_path / "user-keys.db"), b"h" * 32)


@pytest.fixture
def identities(sealer: UserKeys) -> Identities:
    """Sealed in that store."""
    return Identities(b"i" * 32, sealer)


@pytest.fixture
def policy(auth: AuthModule, identities: Identities) -> AuthRetention:
    """What is asked."""
    return AuthRetention(auth, identities)


def _person(auth: AuthModule, engine: sa.Engine, identities: Identities, role: Role = Role.USER) -> tuple[str, str]:
    """A user with a session, a token, an identity, a grant and a refresh token; its id and the cookie."""
    signed_in = auth.redeem(auth.invite(role, None, "tester").secret)
    user = signed_in.caller.subject
    with engine.begin() as connection:
        identities.add(connection, Identity(WHO.issuer, f"{WHO.subject}-{user}", None, None), user, START)
        auth.sign_token(connection, user, START, 3600)
        spans = {"created_at": START, "ends_at": START + DAY_S}
        what = {"code_hash": f"code {user}", "client": "app", "redirect": "com.example:/x", "challenge": "c"}
        connection.execute(GRANTS.insert().values(id=f"grant-{user}", user=user, **what, **spans))
        times = {"created_at": START, "expires_at": START + DAY_S}
        connection.execute(REFRESH.insert().values(hash=f"refresh {user}", grant=f"grant-{user}", **times))
    auth.invite(Role.USER, None, user)
    return user, signed_in.secret


def _counts(connection: sa.Connection) -> dict[str, int]:
    count = sa.select(sa.func.count())
    return {table.name: connection.execute(count.select_from(table)).scalar_one() for table in METADATA.tables.values()}


def test_every_table_and_column_is_classed(policy: AuthRetention) -> None:
    """Each table of the module once, each of its columns, and a way out wherever somebody is named."""
    tables = policy.tables()
    assert {each.table.name for each in tables} == set(METADATA.tables)
    for each in tables:
        assert set(each.columns) == set(METADATA.tables[each.table.name].columns.keys()), each.table.name
        assert each.rule
        if {Data.USER, Data.SEALED} & set(each.columns.values()):
            assert each.export is not None
            assert each.erase is not None
    assert [each.table.name for each in tables if each.prune is None] == ["auth_identities", "auth_users"]


def test_a_user_is_shown_everything_of_their_own_and_no_secret(
    auth: AuthModule, engine: sa.Engine, identities: Identities, policy: AuthRetention
) -> None:
    """Identities opened, times as text, no hash; nothing of anybody else."""
    user, _ = _person(auth, engine, identities)
    _person(auth, engine, identities)
    shown = {}
    with engine.connect() as connection:
        for each in policy.tables():
            if each.export is not None:
                shown[each.table.name] = list(each.export(connection, user))
    assert {name: len(rows) for name, rows in shown.items()} == dict.fromkeys(shown, 1)
    (identity,) = shown["auth_identities"]
    assert (identity["issuer"], identity["subject"]) == (WHO.issuer, f"{WHO.subject}-{user}")
    assert shown["auth_users"][0]["role"] == "USER"
    created = shown["auth_sessions"][0]["created_at"]
    assert isinstance(created, str)
    assert dt.datetime.fromisoformat(created).timestamp() == START
    assert not any("hash" in name for rows in shown.values() for row in rows for name in row)


def test_erasing_a_user_ends_and_removes_all_that_leads_to_them(
    auth: AuthModule, engine: sa.Engine, identities: Identities, policy: AuthRetention, bus: RecordingBus
) -> None:
    """In the order of the tables; others keep theirs; each live credential is told; a second time it is nothing."""
    _person(auth, engine, identities, Role.ADMIN)
    with engine.begin() as connection:
        before = _counts(connection)
    user, cookie = _person(auth, engine, identities, Role.ADMIN)
    assert auth.by_session(cookie) is not None
    (session, token) = [view.id for view in sorted(auth.credentials(user), key=lambda view: view.via)]
    for expected in (True, False):
        with engine.begin() as connection:
            erased = {
                each.table.name: each.erase(connection, user) for each in policy.tables() if each.erase is not None
            }
        assert erased == dict.fromkeys(erased, int(expected))
    assert auth.by_session(cookie) is None
    assert sorted(bus.said()) == sorted([(user, session, "erased"), (user, token, "erased")])
    with engine.begin() as connection:
        left = _counts(connection)
        assert left == before | {"auth_links": before["auth_links"] + 1}  # the spent invitation that made the user
    with pytest.raises(NotFound):
        auth.check_erasable(user, frozenset())


def test_an_erased_persons_identity_makes_a_new_user(
    engine: sa.Engine, sealer: UserKeys, identities: Identities, policy: AuthRetention
) -> None:
    """Who comes back is somebody new; what was sealed for the one before opens no more."""
    with engine.begin() as connection:
        identities.new_user(connection, WHO, "user-1", START)
        row = connection.execute(sa.select(IDENTITIES)).mappings().one()
        assert identities.opened(row) == (WHO.issuer, WHO.subject)
        assert b"planted" not in row["sealed"]
        assert "planted" not in row["id"]
        for each in policy.tables():
            if each.erase is not None:
                each.erase(connection, "user-1")
        assert identities.known(connection, WHO, START) is None
        sealer.destroy("user-1")
        with pytest.raises(Erased):
            identities.opened(row)
        assert identities.new_user(connection, WHO, "user-2", START) == "user-2"


@pytest.mark.parametrize("who", ["last", "local", "service"])
def test_whoever_must_stay_is_not_erased(
    auth: AuthModule, engine: sa.Engine, identities: Identities, policy: AuthRetention, who: str
) -> None:
    """The last admin, the local admin and a service account: Conflict before anything is removed."""
    user, cookie = _person(auth, engine, identities, Role.ADMIN)
    if who == "local":
        user = auth.redeem(auth.local_link().secret).caller.subject
    if who == "service":
        auth.issue_token(Role.USER, 60)
        user = "service-user"
    for each in policy.tables():
        if each.erase is not None:
            with pytest.raises(Conflict), engine.begin() as connection:
                each.erase(connection, user)
    assert auth.by_session(cookie) is not None


def test_a_simulated_year_leaves_bounded_size(
    auth: AuthModule, engine: sa.Engine, policy: AuthRetention, clock: Clock
) -> None:
    """Pruned daily, a year of sign-ins holds no more than its last months; who signs in is still there."""
    sizes: dict[int, dict[str, int]] = {}
    with engine.begin() as connection:
        connection.execute(USERS.insert().values(id="user-1", role=1, service=False, created_at=START))
    for day in range(365):
        clock.now, name = START + day * DAY_S, f"{day}"
        with engine.begin() as connection:
            auth.start(connection, "user-1", clock.now)
            auth.sign_token(connection, "user-1", clock.now, 3600)
            begin_transaction(connection, name, name, "own", "/", clock.now, link=None, credential=None)
            what = {"code_hash": name, "client": "app", "redirect": "com.example:/x", "challenge": "c"}
            times = {"created_at": clock.now, "ends_at": clock.now + DAY_S}
            connection.execute(GRANTS.insert().values(id=name, user="user-1", **what, **times))
            ends = {"created_at": clock.now, "expires_at": clock.now + DAY_S}
            connection.execute(REFRESH.insert().values(hash=name, grant=name, **ends))
            connection.execute(TOKENS.insert().values({"id": name, "user": "user-1", "grant": name, **ends}))
            for each in policy.tables():
                if each.prune is not None:
                    each.prune(connection, clock.now)
            if day in {200, 364}:
                sizes[day] = _counts(connection)
    year = sizes[364]
    assert year == sizes[200]
    assert year["auth_attempts"] <= 1
    assert year["auth_refresh"] <= 3
    assert year["auth_grants"] <= 92
    assert year["auth_sessions"] <= 92
    assert year["auth_tokens"] <= 91 + 3
    assert year["auth_users"] == 1
