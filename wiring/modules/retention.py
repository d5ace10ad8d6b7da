"""The retention policies of all modules in the one database, and pruning by all of them."""

import time
from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa

from contracts.modules.events import VOCABULARY
from contracts.modules.retention import RetentionPolicy
from resources.judging.inbox import prune_settled
from resources.privacy.benchmark_retention import BenchmarkRetention
from services.auth.module import AuthModule
from services.events.envelope import Codec
from services.events.retention import EventsRetention
from services.gateway.edge.idempotency_store import IdempotencyStore
from services.profile.retention import ProfileRetention
from wiring.database import open_database, opening
from wiring.keys import HomeKeys, home_keys
from wiring.modules.auth import auth_retention, build_auth
from wiring.settings import Settings


def policies(settings: Settings, engine: sa.Engine) -> Sequence[RetentionPolicy]:
    """Return the retention policies, one for each module that has tables."""
    return retention_policies_of(engine, build_auth(settings, engine), home_keys(settings.home))


def retention_policies_of(engine: sa.Engine, auth: AuthModule, keys: HomeKeys) -> Sequence[RetentionPolicy]:
    """Return the retention policies next to an auth that is running.

    Events comes last, because erasing is requested and confirmed by its messages.
    """
    sealer = keys.sealer
    idempotency_store = IdempotencyStore(engine, sealer, time.time)
    events = EventsRetention(Codec(sealer, VOCABULARY), whole=True)
    return (
        auth_retention(auth, keys),
        BenchmarkRetention(),
        ProfileRetention(sealer, time.time),
        idempotency_store,
        events,
    )


def prune(engine: sa.Engine, policies: Sequence[RetentionPolicy], now: float) -> dict[str, int]:
    """Delete what is past its time at `now`, in Unix seconds: rows deleted by table, a transaction each."""
    deleted = {}
    for policy in policies:
        for each in policy.tables():
            if each.prune is not None:
                with engine.begin() as connection:
                    deleted[each.table.name] = each.prune(connection, now)
    return deleted


def pruner(settings: Settings, clock: Callable[[], float] = time.time) -> Callable[[], Mapping[str, int]]:
    """Return what prunes the home's database or TIPBENCH_DATABASE_URL's, and the inbox's files that were settled.

    A home without a database gets none by it.
    """

    def prune_all() -> Mapping[str, int]:
        files = prune_settled(settings.home, clock())
        deleted = {"inbox_files": files} if files else {}
        if settings.database_url is None and not settings.home.database.exists():
            return deleted
        with opening():
            engine = open_database(settings.home, settings.database_url)
            try:
                return deleted | prune(engine, policies(settings, engine), clock())
            finally:
                engine.dispose()

    return prune_all
