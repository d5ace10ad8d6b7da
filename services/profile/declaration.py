"""What profile is to the server: itself, and beside it what spans all modules, which it owns."""

from collections.abc import Iterator
from pathlib import Path

from contracts.module import CheckContext, Module, ModuleContext, Remote
from contracts.modules.profile import Person
from kit.sql.sessions import engine_of
from services.profile import routes
from services.profile.erasure import routes as erasure_routes
from services.profile.health import is_there, logs_of_consents, stuck
from services.profile.home import ProfileHome
from services.profile.module import ProfileModule
from services.profile.retention import ProfileRetention
from services.profile.tables import METADATA


def key_of(context: CheckContext) -> bytes:
    """Return the key of pseudonyms and of the log of consents."""
    return context.secret("profile")


def _module(context: ModuleContext) -> ProfileModule:
    engine, key = engine_of(context.database), key_of(context)
    return ProfileModule(engine, context.sealer, context.bus, key, ids=context.ids, clock=context.clock)


def _consent_checks(context: CheckContext) -> Iterator[tuple[str, str]]:
    engine = engine_of(context.database)
    if is_there(engine):
        _, broken = logs_of_consents(engine, key_of(context))
        advice = ": somebody changed the database; compare it with a backup"
        yield "consents", f"{'; '.join(broken)}{advice}" if broken else ""


def _erasure_checks(context: CheckContext) -> Iterator[tuple[str, str]]:
    engine = engine_of(context.database)
    if is_there(engine):
        late = [f"{each.id} waits for {', '.join(each.waiting)}" for each in stuck(engine, context.clock())]
        yield "erasures", f"stuck: {'; '.join(late)}: mend them, then tipbench erase again" if late else ""


PROFILE = Module(
    name="profile",
    build=_module,
    tables=tuple(METADATA.tables.values()),
    migrations=Path(__file__).parent / "migrations",
    routes=routes.ROUTES,
    schemas=routes.SCHEMA_NAMES,
    section="profile",
    home_section=lambda person: ProfileHome(person, person),
    retains=lambda context, _: ProfileRetention(context.sealer, context.clock).tables(),
    checks=_consent_checks,
    secrets=("profile",),
    remote=Remote(protocols=(Person,)),
)
ERASURE = Module(
    name="erasure",
    routes=erasure_routes.ROUTES,
    schemas=erasure_routes.SCHEMA_NAMES,
    checks=_erasure_checks,
    secrets=("erasures",),
)
"""Exporting and erasing a user; its service is made of what all modules retain; its rows are in profile's tables."""
