"""The sample's table and service: notes, sealed under their user's key."""

import os
from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec
import sqlalchemy as sa

from contracts.modules.retention import Record
from contracts.modules.sealing import Sealer
from contracts.refusals import InvalidInput
from tests.wiring.modules.sample.parts import Lengths

METADATA = sa.MetaData()
NOTES = sa.Table(
    "sample_notes",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)
COUNTS = sa.Table(
    "sample_counts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("notes", sa.Integer, nullable=False),
    sa.Column("process", sa.Integer, nullable=False),
)
RETENTION_S = 86_400.0


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody writes down."""

    text: str


class NoteList(msgspec.Struct, frozen=True):
    """All notes of a user, oldest first."""

    notes: list[str]


class Notes(Protocol):
    """The contract by which the sample is called, here or elsewhere."""

    def add(self, user: str, text: str) -> NoteList:
        """Add a note and return all."""
        ...

    def notes(self, user: str) -> NoteList:
        """Return all notes."""
        ...


class NoteTable:
    """Implements Notes on the one database."""

    def __init__(
        self, engine: sa.Engine, sealer: Sealer, lengths: Lengths, clock: Callable[[], float], longest: int, prefix: str
    ) -> None:
        self._engine, self._sealer, self._lengths, self._clock = engine, sealer, lengths, clock
        self._longest, self._prefix = longest, prefix

    def add(self, user: str, text: str) -> NoteList:
        """Add a note and return all; raise InvalidInput for one that is too long."""
        text = self._prefix + text
        if len(text) > self._longest:
            raise InvalidInput(f"a note has at most {self._longest} characters", ("text",))
        with self._engine.begin() as connection:
            write(connection, self._sealer, user, text, self._clock())
        self._lengths.add(user, len(text), self._clock())
        return self.notes(user)

    def notes(self, user: str) -> NoteList:
        """Return all notes."""
        with self._engine.connect() as connection:
            return NoteList([str(record["text"]) for record in records(connection, self._sealer, user)])


def write(connection: sa.Connection, sealer: Sealer, user: str, text: str, now: float) -> None:
    """Add a row."""
    sealed = sealer.seal(user, "sample_notes", text.encode())
    connection.execute(NOTES.insert().values(user=user, sealed=sealed, at=now))


def records(connection: sa.Connection, sealer: Sealer, user: str) -> Iterator[Record]:
    """Return a user's rows unsealed."""
    for row in connection.execute(sa.select(NOTES).where(NOTES.c.user == user).order_by(NOTES.c.id)):
        yield {"id": row.id, "text": sealer.open(user, "sample_notes", row.sealed).decode()}


def count(engine: sa.Engine) -> bool:
    """Write down how many notes there are and in which process that was seen, unless that is written already."""
    with engine.begin() as connection:
        notes = connection.execute(sa.select(sa.func.count()).select_from(NOTES)).scalar_one()
        seen = {"notes": notes, "process": os.getpid()}
        if connection.execute(sa.select(COUNTS).filter_by(**seen)).first() is not None:
            return False
        connection.execute(COUNTS.insert().values(**seen))
    return True


def erase(connection: sa.Connection, user: str) -> int:
    """Delete a user's rows and return how many there were."""
    return connection.execute(NOTES.delete().where(NOTES.c.user == user)).rowcount


def prune(connection: sa.Connection, now: float) -> int:
    """Delete rows that are older than a day."""
    return connection.execute(NOTES.delete().where(NOTES.c.at < now - RETENTION_S)).rowcount
