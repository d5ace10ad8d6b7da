"""A real PostgreSQL that tests start: a cluster of its own in a temporary folder, on a Unix socket alone."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from resources.home import Home
from tests.deadline import DEADLINE_S
from wiring.database import open_database

TEMPLATE = "tipbench_template"
MIGRATIONS = "alembic_version"
LARGE_BYTES = 256 * 1024
TABLES = """
SELECT relname, pg_relation_size(oid), quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
RESTART_SEQUENCES = """
SELECT setval(oid::regclass, 1, false) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
"""
SHAPE = """
SELECT array_agg(format('%s %s %s', attrelid::regclass, attname, atttypid) ORDER BY attrelid, attnum)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT array_agg(version_num::text ORDER BY version_num) FROM alembic_version
"""
"""Columns of tables, indexes and sequences by place, then the migrations."""
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


class Cluster:
    """A running server; `folder` is its data folder, and databases are copies of one that has every migration.

    A copy takes more of the processor than most tests that use it: it is emptied after a test and given to the next.
    """

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder, self._socket = folder, socket
        self._emptied: list[str] = []
        self._tables: frozenset[str] = frozenset()
        self._shape: list[tuple[Any, ...]] = []

    def url(self, database: str) -> str:
        """Where a database is, for the engine."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._socket}"

    def run(self, *statements: str) -> None:
        """Statements outside any transaction, as the server's owner."""
        with psycopg.connect(self._place("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of an empty database at the newest migrations, without anything of an earlier test."""
        if self._emptied:
            name = self._emptied.pop()
        else:
            name = f"tipbench_{secrets.token_hex(6)}"
            self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        try:
            yield name
        finally:
            if self._empty(name):
                self._emptied.append(name)
            else:
                self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def await_it(self, server: "subprocess.Popen[bytes]") -> None:
        """Return when it answers, within the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                psycopg.connect(self._place("postgres")).close()
            except psycopg.OperationalError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def make_template(self, home: Home) -> None:
        """Migrate once what every database is copied from."""
        self.run(f"CREATE DATABASE {TEMPLATE}")
        open_database(home, self.url(TEMPLATE)).dispose()
        with psycopg.connect(self._place(TEMPLATE), autocommit=True) as connection:
            sizes = {name: size for name, size, _ in connection.execute(TABLES)}
            self._tables, self._shape = frozenset(sizes), connection.execute(SHAPE).fetchall()
        filled = {name for name, size in sizes.items() if size}
        assert filled == {MIGRATIONS}, "what migrations put into other tables would be emptied with them"

    def _empty(self, name: str) -> bool:
        """Disconnect whoever is left and take out what a test put in; return whether it is as the template then."""
        others = f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608  # a name made here
        self.run(others)
        try:
            with psycopg.connect(self._place(name), autocommit=True) as connection:
                found = connection.execute(TABLES).fetchall()
                statements = [_emptying(table, size, quoted, table in self._tables) for table, size, quoted in found]
                connection.execute("; ".join(["SET session_replication_role = replica", *statements]).encode())
                connection.execute(RESTART_SEQUENCES)
                return connection.execute(SHAPE).fetchall() == self._shape
        except psycopg.Error:  # a test took the database or a table of it away
            return False

    def _place(self, database: str) -> str:
        return f"host={self._socket} user=postgres dbname={database}"


def _emptying(table: str, size: int, quoted: str, is_ours: bool) -> str:
    """Return the statement that takes a table's rows out, or a table that no migration made; small ones keep a file."""
    if table == MIGRATIONS:
        return ""
    if not is_ours:
        return f"DROP TABLE IF EXISTS {quoted} CASCADE"
    if size > LARGE_BYTES:
        return f"TRUNCATE {quoted} CASCADE"
    return f"DELETE FROM {quoted}" if size else ""  # noqa: S608  # a name that the server quoted


def programs() -> Path | None:
    """The newest PostgreSQL's folder of programs, or None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    there = found[-1] if found else shutil.which("initdb")
    return Path(there).parent if there else None


@contextmanager
def running(bin_: Path, environment: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A server until the block ends; as root it runs as another user, since PostgreSQL refuses root.

    Its `environment` is that of this process where none is given.
    """
    base = Path(tempfile.mkdtemp(prefix="tipbench-postgresql-"))
    who = _other_user()
    if who is not None:
        shutil.chown(base, who)
    cluster = Cluster(base / "data", base)
    make: list[str | Path] = [
        bin_ / "initdb",
        "-D",
        cluster.folder,
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
    ]
    try:
        subprocess.run([*make, "--locale=C"], user=who, cwd=base, check=True, capture_output=True, timeout=DEADLINE_S)
        given = [f"--{name}={value}" for name, value in SETTINGS.items()]
        command: list[str | Path] = [bin_ / "postgres", "-D", cluster.folder, "-k", base, *given]
        server = subprocess.Popen(
            command, user=who, cwd=base, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            cluster.await_it(server)
            cluster.make_template(Home(base.with_name(f"{base.name}-home")))
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(DEADLINE_S)
    finally:
        shutil.rmtree(base, ignore_errors=True)
        shutil.rmtree(base.with_name(f"{base.name}-home"), ignore_errors=True)


def _other_user() -> str | None:
    import pwd

    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def without_foreign_keys(url: sa.URL) -> sa.Engine:
    """An engine on which each row stands alone: for SQLite that is the driver's way, for PostgreSQL a session's."""
    if url.get_backend_name() == "sqlite":
        return sa.create_engine(url)
    return sa.create_engine(url, connect_args={"options": "-c session_replication_role=replica"})
