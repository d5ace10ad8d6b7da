"""A module that exists in tests alone: tables, a dataset, two routes, a consumer, a section, a personal column."""

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from contracts.access.caller import Caller
from contracts.module import CheckContext, Module, ModuleContext, ModuleKey, Remote, Rotation, RotationContext, Worker
from contracts.modules.database import Transaction
from contracts.modules.events import Event, Payload, TipRatedV1
from contracts.modules.retention import Data, PartsRetention, TableRetention
from contracts.routes import Rate, RouteAnswer, RouteCall, RouteSpec
from kit.sql.retention import table_retention
from kit.sql.sessions import connection_of, engine_of
from tests.wiring.modules.sample.notes import (
    COUNTS,
    METADATA,
    NOTES,
    Note,
    NoteList,
    Notes,
    NoteTable,
    count,
    erase,
    prune,
    records,
    write,
)
from tests.wiring.modules.sample.parts import Lengths

LIVES = "sample/lives"
"""Where each process that `lifespan` surrounds says what it is at."""


class Ratings:
    """Implements contracts.modules.events.Consumer: a rating becomes a note."""

    name = "sample-ratings"
    takes: tuple[type[Payload], ...] = (TipRatedV1,)
    replayable = False

    def __init__(self, context: ModuleContext) -> None:
        self._context = context

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Write it down."""
        if isinstance(event.data, TipRatedV1) and event.user is not None:
            text = f"rated {event.data.rating}"
            write(connection_of(transaction), self._context.sealer, event.user, text, self._context.clock())


class NoteCount:
    """Implements contracts.modules.home.HomeSection."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def __call__(self, caller: Caller, _: float, /) -> Any:
        """How many there are."""
        return {"notes": len((await run_in_threadpool(self._notes.notes, caller.subject)).notes)}


@asynccontextmanager
async def _lifespan(context: ModuleContext, _service: Notes) -> AsyncIterator[None]:
    context.storage.blobs.put(f"{LIVES}/{os.getpid()}", b"began")
    yield
    context.storage.blobs.put(f"{LIVES}/{os.getpid()}", b"ended")


def _add(notes: Notes, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notes.add(call.caller.subject, call.body.text), target="note")


def _read(notes: Notes, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=notes.notes(call.caller.subject))


def _retains(context: ModuleContext, _: Notes) -> Sequence[TableRetention]:
    return [
        table_retention(
            NOTES,
            columns={"id": Data.PLAIN, "user": Data.USER, "sealed": Data.SEALED, "at": Data.PLAIN},
            rule="a day",
            prune=prune,
            export=lambda connection, user: records(connection, context.sealer, user),
            erase=erase,
        ),
        table_retention(
            COUNTS,
            columns=dict.fromkeys(("id", "notes", "process"), Data.PLAIN),
            rule="for ever",
            prune=None,
            export=None,
            erase=None,
        ),
    ]


def _lengths(context: ModuleContext) -> Lengths:
    return Lengths(context.storage, context.sealer)


def _retains_parts(context: ModuleContext, _: Notes) -> Sequence[PartsRetention]:
    lengths = _lengths(context)
    return [
        PartsRetention(
            name="sample_lengths",
            columns={"user": Data.PSEUDONYM, "length": Data.PLAIN, "at": Data.PLAIN},
            rule="30 days",
            prune=lengths.prune,
            export=lengths.export,
            erase=lengths.erase,
        )
    ]


def _checks(context: CheckContext) -> Iterator[tuple[str, str]]:
    with engine_of(context.database).connect() as connection:
        rows = connection.execute(sa.select(sa.func.count()).select_from(NOTES)).scalar_one()
    yield "sample notes", "" if rows < 100 and len(context.secret("sample")) == 32 else f"there are {rows}"


class SampleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[sample]`: how long a text may be, and the name of the variable with what begins each."""

    longest: int = 100
    prefix_env: str | None = None


def _build(context: ModuleContext) -> NoteTable:
    settings: SampleSettings = context.settings
    prefix = (context.variable(settings.prefix_env) if settings.prefix_env else None) or ""
    engine, lengths = engine_of(context.database), _lengths(context)
    return NoteTable(engine, context.sealer, lengths, context.clock, settings.longest, prefix)


def _workers(context: ModuleContext, _: Notes) -> Sequence[Worker]:
    return [Worker(name="count", step=lambda: count(engine_of(context.database)), every_s=0.05, alone=True)]


def _rotate(context: RotationContext) -> str:
    number = len(list(context.keys.glob("sample-*.old"))) + 1
    (context.keys / "sample").rename(context.keys / f"sample-{number}.old")
    context.secret("sample")
    return f"sample {number + 1}"


SAMPLE = Module(
    name="sample",
    build=_build,
    tables=lambda: tuple(METADATA.tables.values()),
    migrations=Path(__file__).parent / "migrations",
    routes=lambda: (
        RouteSpec(
            method="GET",
            path="/v1/sample/notes",
            name="notes",
            summary="Your notes.",
            endpoint=_read,
            answer=NoteList,
        ),
        RouteSpec(
            method="POST",
            path="/v1/sample/notes",
            name="addNote",
            summary="Write one down.",
            endpoint=_add,
            body=Note,
            answer=NoteList,
            status=201,
            idempotent=True,
            audit="addNote",
            rate=Rate(name="notes", per_minute=3),
        ),
    ),
    schemas=lambda: {NoteList: "AllNotes"},
    consumers=lambda context: [Ratings(context)],
    section="sample",
    home_section=NoteCount,
    retains=_retains,
    retains_parts=_retains_parts,
    checks=_checks,
    secrets=("sample",),
    keys={
        "sample-pair": ModuleKey(
            is_there=lambda keys, _: (keys / "sample.pem").exists(),
            make=lambda keys, now: keys.joinpath("sample.pem").touch() if now else None,
        )
    },
    rotates={"sample": Rotation(says="Rotate the key of the sample.", rotate=_rotate)},
    settings=SampleSettings,
    workers=_workers,
    remote=Remote(protocols=(Notes,)),
    lifespan=_lifespan,
)
