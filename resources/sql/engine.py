"""Engines over the one database: SQLite with durable commits, or PostgreSQL by its URL."""

import logging
import sqlite3

import sqlalchemy as sa

from contracts.refusals import InvalidInput
from kit.sql.sessions import reading
from kit.sql.write_queue import QueuedConnection, WriteQueue

logger = logging.getLogger(__name__)
MOST_CONNECTIONS = 64
"""Connections of a process, more than it has threads that ask: who reads never waits for those who wait to write."""
PRAGMAS = (
    "journal_mode=WAL",
    "journal_size_limit=4194304",  # bytes of the log once all of it is written back; else its file stays at its largest
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "secure_delete=ON",
)


def open_engine(url: str) -> sa.Engine:
    """Return an engine for `url`; writing transactions (`engine.begin()`) of SQLite take its write lock at their start.

    The threads of this process get the lock in the order in which they request it. A thread that begins a second
    transaction within its first waits for itself, 10 seconds. Reads use `kit.sql.sessions.reading`, which takes none. A
    commit returns once it is on disk. A text with a NUL, which SQLite stores and PostgreSQL does not, is there refused
    with InvalidInput, whatever it was to be compared with or stored as.
    """
    if not url.startswith("sqlite"):
        engine = sa.create_engine(url, pool_pre_ping=True)
        sa.event.listen(engine, "handle_error", _refuse_null)
        return engine
    given = {"check_same_thread": False, "factory": QueuedConnection}
    engine = sa.create_engine(url, connect_args=given, pool_size=5, max_overflow=MOST_CONNECTIONS - 5)
    write_queue = WriteQueue()

    def on_connect(connection: QueuedConnection, _: object) -> None:
        connection.write_queue = write_queue
        connection.isolation_level = None  # transactions begin where `_on_begin` says, not where the driver guesses
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    sa.event.listen(engine, "connect", on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def empty_log(engine: sa.Engine) -> None:
    """Empty SQLite's write-ahead log, which holds old pages; raise TimeoutError while a reader is in the way.

    PostgreSQL recycles its log in its own time, which is why what is personal in it is sealed.
    """
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            emptied = _emptied(connection)
        if not emptied:
            raise TimeoutError("the database is being read: its log is emptied later")


def mark_unclean(connection: sa.Connection) -> None:
    """Mark the file, within a transaction that replaces clear text, to be rewritten by `scrub`."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA user_version = 1")


def scrub(engine: sa.Engine) -> bool:
    """Rewrite a file that is marked unclean and empty its log; return whether it is clean.

    A file in use by another process stays marked until it is opened next. PostgreSQL drops a replaced table's file by
    itself; what its log still holds is deleted when that is recycled.
    """
    if engine.dialect.name != "sqlite":
        return True
    with reading(engine) as connection:
        if connection.exec_driver_sql("PRAGMA user_version").scalar_one() == 0:
            return True
        try:
            connection.exec_driver_sql("VACUUM")
            clean = _emptied(connection)
        except sa.exc.OperationalError:
            clean = False
        if not clean:
            logger.warning("the database is in use: what its file still holds of before goes when it is opened next")
            return False
        connection.exec_driver_sql("PRAGMA user_version = 0")
    return True


def _emptied(connection: sa.Connection) -> bool:
    """Empty SQLite's write-ahead log; return False while a reader is in the way."""
    busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    return busy == 0


def _refuse_null(context: sa.engine.ExceptionContext) -> None:
    if isinstance(context.sqlalchemy_exception, sa.exc.DataError) and "NUL (0x00)" in str(context.original_exception):
        raise InvalidInput("a text holds the character NUL, which is not stored: leave it out")


def _on_begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        driver = connection.connection.driver_connection
        if isinstance(driver, QueuedConnection):
            try:
                driver.begin()
            except sqlite3.OperationalError as error:
                raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, error) from error
