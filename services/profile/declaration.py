"""What profile is to the server: itself, and beside it what spans all modules, which it owns."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.module import CheckContext, Module, ModuleContext, Remote, Worker
from contracts.modules.database import Table
from contracts.modules.events import Consumer
from contracts.modules.home import HomeSection
from contracts.modules.profile import Person
from contracts.modules.retention import TableRetention
from contracts.routes import Service
from kit.sql.sessions import engine_of
from services.profile import routes
from services.profile.erasure import routes as erasure_routes

if TYPE_CHECKING:
    from services.profile.module import ProfileModule


def _tables() -> Sequence[Table]:
    from services.profile.tables import METADATA

    return tuple(METADATA.tables.values())


def key_of(context: CheckContext) -> bytes:
    """Return the key of pseudonyms and of the log of consents."""
    return context.secret("profile")


def _module(context: ModuleContext) -> "ProfileModule":
    from services.profile.module import ProfileModule

    engine, key = engine_of(context.database), key_of(context)
    return ProfileModule(engine, context.sealer, context.bus, key, ids=context.ids, clock=context.clock)


def _consumers(context: ModuleContext) -> Sequence[Consumer]:
    from services.profile.link_requests import LinkRequests

    return [LinkRequests(_module(context))]


def _workers(context: ModuleContext, _: Service) -> Sequence[Worker]:
    from services.profile.announcements import Announcements
    from services.profile.store import profile_store

    store = profile_store(engine_of(context.database))
    announced = Announcements(store, context.sealer, context.bus, context.ids, context.clock)
    return [Worker(name="announcements", step=announced.step, every_s=600.0, alone=True)]


def _section(person: Person) -> HomeSection:
    from services.profile.home import ProfileHome

    return ProfileHome(person, person)


def _retained(context: ModuleContext, _: Service) -> Sequence[TableRetention]:
    from services.profile.retention import ProfileRetention

    return ProfileRetention(context.sealer, context.clock).tables()


def _consent_checks(context: CheckContext) -> Iterator[tuple[str, str]]:
    from services.profile.health import is_there, logs_of_consents

    engine = engine_of(context.database)
    if is_there(engine):
        _, broken = logs_of_consents(engine, key_of(context))
        advice = ": somebody changed the database; compare it with a backup"
        yield "consents", f"{'; '.join(broken)}{advice}" if broken else ""


def _erasure_checks(context: CheckContext) -> Iterator[tuple[str, str]]:
    from services.profile.health import is_there, stuck

    engine = engine_of(context.database)
    if is_there(engine):
        late = [f"{each.id} waits for {', '.join(each.waiting)}" for each in stuck(engine, context.clock())]
        yield "erasures", f"stuck: {'; '.join(late)}: mend them, then tipbench erase again" if late else ""


PROFILE = Module(
    name="profile",
    build=_module,
    tables=_tables,
    migrations=Path(__file__).parent / "migrations",
    routes=lambda: routes.ROUTES,
    schemas=lambda: routes.SCHEMA_NAMES,
    consumers=_consumers,
    workers=_workers,
    section="profile",
    home_section=_section,
    retains=_retained,
    checks=_consent_checks,
    secrets=("profile",),
    remote=Remote(protocols=(Person,)),
)
ERASURE = Module(
    name="erasure",
    routes=lambda: erasure_routes.ROUTES,
    schemas=lambda: erasure_routes.SCHEMA_NAMES,
    checks=_erasure_checks,
    secrets=("erasures",),
)
"""Exporting and erasing a user; its service is made of what all modules retain; its rows are in profile's tables."""
