import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from contracts.access.caller import Role
from resources.home import Home
from resources.sql.engine import mark_unclean, open_engine, scrub
from services.auth.module import AuthModule
from services.auth.oidc_client.id_tokens import Identity
from services.auth.oidc_client.identities import Identities
from services.auth.tokens.bearer import Parties, sign
from services.auth.tokens.signing_keys import KeyRing
from wiring.database import HERE, branches, migrate, open_database
from wiring.keys import home_keys

ISSUER, SUBJECT = "https://planted-issuer.example", "planted-subject-4711"
NOW = 1_800_000_000.0


def _old_home(home: Home, head: str) -> sa.Engine:
    """A database as an older version left it: nothing overwrites what it deletes."""
    home.root.mkdir(parents=True, exist_ok=True)
    engine = open_engine(f"sqlite:///{home.database}")
    migrate(engine, lambda: home_keys(home), head)
    return engine


def _insert(connection: sa.Connection, table: str, **row: object) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    given = ", ".join(f":{name}" for name in row)
    statement = f"INSERT INTO {table} ({names}) VALUES ({given})"  # noqa: S608 - the test's own names
    connection.execute(sa.text(statement), row)


def _revision(name: str) -> Any:
    """The module of a migration."""
    scripts = ScriptDirectory(str(HERE / "wiring" / "migrations"), version_locations=[*map(str, branches())])
    return scripts.get_revision(name).module


def _found(home: Home, text: str) -> list[str]:
    return [path.name for path in home.root.glob("tipbench.db*") if text.encode() in path.read_bytes()]


def test_a_home_from_before_providers_signs_in_after_the_upgrade(tmp_path: Path) -> None:
    """A database at auth_0001 with a user, a session and a link is brought up; the session and the link count."""
    home = Home(tmp_path)
    engine = _old_home(home, "auth_0001")
    assert not sa.inspect(engine).has_table("auth_identities")
    auth = AuthModule(engine, KeyRing(home.keys))
    session, link = auth.redeem(auth.local_link().secret), auth.local_link()
    engine.dispose()
    upgraded = open_database(home, None)
    after = AuthModule(upgraded, KeyRing(home.keys))
    assert after.by_session(session.secret) is not None
    assert after.redeem(link.secret).caller.subject == "local-admin"
    upgraded.dispose()


def test_a_home_from_before_sealing_signs_in_and_holds_no_clear_subject(tmp_path: Path) -> None:
    """Cookie, token and identity of a kept home count after the upgrade; its files hold no planted subject any more."""
    home = Home(tmp_path)
    engine = _old_home(home, "auth_0002")
    auth = AuthModule(engine, KeyRing(home.keys))
    session = auth.redeem(auth.local_link().secret).secret
    now = int(time.time())
    token = sign(
        KeyRing(home.keys).signing(now), Parties("tipbench", "tipbench-admin"), "user-1", "old-token", now, 600
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")
        connection.rollback()
        with connection.begin():
            _insert(connection, "auth_users", id="user-1", role=2, judge="anna", service=False, created_at=NOW)
            held = {"user": "user-1", "created_at": now, "expires_at": now + 600}
            _insert(connection, "auth_tokens", id="old-token", **held)
            for number in range(200):
                subject = f"{SUBJECT}-{number}" if number else SUBJECT
                row = {"user": "user-1", "created_at": NOW, "used_at": NOW}
                _insert(connection, "auth_identities", issuer=ISSUER, subject=subject, **row)
        with connection.begin():
            connection.exec_driver_sql("DELETE FROM auth_identities WHERE subject LIKE '%-1__'")
    engine.dispose()
    assert _found(home, SUBJECT)
    upgraded = open_database(home, None)
    after = AuthModule(upgraded, KeyRing(home.keys))
    assert after.by_session(session) is not None
    caller = after.by_bearer(token)
    assert caller is not None
    assert (caller.subject, caller.role, caller.judge) == ("user-1", Role.JUDGE, "anna")
    keys = home_keys(home)
    identities = Identities(keys.identity_key, keys.sealer)
    with upgraded.connect() as connection:
        assert identities.user_of(connection, Identity(ISSUER, SUBJECT, None, None)) == "user-1"
        assert identities.user_of(connection, Identity(ISSUER, SUBJECT + "x", None, None)) is None
        assert connection.execute(sa.text("SELECT count(*) FROM auth_identities")).scalar_one() == 100
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == 0
    assert _found(home, "planted-") == []
    assert home.database.with_name("tipbench.db-wal").stat().st_size < 100_000
    upgraded.dispose()
    assert _found(home, "planted-") == []


def test_answers_from_before_tasks_are_ratings_and_lose_nothing_on_the_way_back(tmp_path: Path) -> None:
    """A row that says nothing of a task is a rating; going back removes the column and what only it could tell."""
    home = Home(tmp_path)
    engine = _old_home(home, "bench_answers_0002")
    row = {"experiment": "e", "round": "r", "judge": "anna", "item": "i", "answer": "{}", "saved_at": "t", "actor": "u"}
    with engine.begin() as connection:
        _insert(connection, "bench_answers", **row)
    migrate(engine, lambda: home_keys(home), "bench_answers_0003")
    tasks = sa.text("SELECT item, task FROM bench_answers ORDER BY id")
    with engine.begin() as connection:
        _insert(connection, "bench_answers", **row | {"item": "j"})
        _insert(connection, "bench_answers", **row | {"item": "k", "task": "comparison"})
        assert connection.execute(tasks).all() == [("i", "rating"), ("j", "rating"), ("k", "comparison")]
        with Operations.context(MigrationContext.configure(connection)):
            _revision("bench_answers_0003").downgrade()
        assert connection.execute(sa.text("SELECT * FROM bench_answers")).mappings().all()[1]["item"] == "j"
        assert [row.item for row in connection.execute(sa.text("SELECT item FROM bench_answers"))] == ["i", "j"]
        assert "task" not in {column["name"] for column in sa.inspect(connection).get_columns("bench_answers")}
    engine.dispose()


def test_a_file_in_use_is_written_anew_when_it_is_opened_next(tmp_path: Path) -> None:
    """While another connection reads, the file stays marked and nothing fails; the next time it is clean."""
    engine = open_engine(f"sqlite:///{tmp_path / 'some.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE words (word TEXT)")
        connection.exec_driver_sql("INSERT INTO words VALUES ('planted-word')")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE words")
        connection.exec_driver_sql("CREATE TABLE rest (word TEXT)")
        mark_unclean(connection)
    with engine.connect() as reader:
        reader.exec_driver_sql("PRAGMA busy_timeout = 0")
        assert reader.exec_driver_sql("SELECT count(*) FROM rest").scalar_one() == 0
        impatient = open_engine(f"sqlite:///{tmp_path / 'some.db'}")
        sa.event.listen(impatient, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 0"))
        assert not scrub(impatient)
        impatient.dispose()
    assert scrub(engine)
    assert scrub(engine)
    engine.dispose()
    assert b"planted-word" not in (tmp_path / "some.db").read_bytes()


def test_a_migration_that_fails_leaves_the_home_as_it_was(tmp_path: Path) -> None:
    """Rows that cannot be sealed stay where they were, and the next start tries again."""
    home = Home(tmp_path)
    engine = _old_home(home, "auth_0002")
    with engine.begin() as connection:
        _insert(connection, "auth_users", id="user-1", role=1, judge=None, service=False, created_at=NOW)
        row = {"issuer": ISSUER, "subject": SUBJECT, "user": "user-1", "created_at": NOW, "used_at": NOW}
        _insert(connection, "auth_identities", **row)
    keys = home_keys(home)
    keys.sealer.destroy("user-1")
    with pytest.raises(LookupError):
        migrate(engine, lambda: keys)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT subject FROM auth_identities")).scalar_one() == SUBJECT
    engine.dispose()
