"""The retention policies of all modules in the one database, and pruning by all of them, of Dagster's too."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from contracts.module import ModuleContext
from contracts.modules.database import Transaction
from contracts.modules.retention import PartsRetention, RetentionPolicy
from contracts.refusals import Unavailable
from kit.sql.retention import PRUNED_AT_ONCE
from kit.times import iso
from resources.dagster.recorder import is_made, open_instance
from resources.home import Home
from resources.judging.inbox import prune_settled
from resources.judging.score_parts.folding import fold_scores
from resources.lake.leaderboards import prune_boards
from resources.policy_reports.stored import prune_reports
from resources.unfinished_files import prune_unfinished
from wiring.database import open_database, opening
from wiring.keys import home_keys
from wiring.modules.auth import build_auth
from wiring.modules.context import module_context, parts_of, policies_of
from wiring.modules.traced_bus import build_bus
from wiring.settings import Settings


def policies(settings: Settings, engine: sa.Engine) -> Sequence[RetentionPolicy]:
    """Return the retention policies, one for each module that has tables, beside no module that runs."""
    return policies_of(_context(settings, engine), {"auth": build_auth(settings, engine)})


def parts(settings: Settings, engine: sa.Engine) -> Mapping[str, Sequence[PartsRetention]]:
    """Return the retention of datasets beside the database, by the name of the module."""
    return parts_of(_context(settings, engine), {"auth": build_auth(settings, engine)})


def _context(settings: Settings, engine: sa.Engine) -> ModuleContext:
    sealer = home_keys(settings.home).sealer
    return module_context(settings.home, engine, sealer, build_bus(sealer))


def prune(engine: sa.Engine, policies: Sequence[RetentionPolicy], now: float) -> dict[str, int]:
    """Delete what is past its time at `now`, in Unix seconds: rows deleted by table, in transactions of some rows."""
    return {
        each.table.name: sum(_pruned(engine, each.prune, now))
        for policy in policies
        for each in policy.tables()
        if each.prune is not None
    }


def prune_parts(parts: Mapping[str, Sequence[PartsRetention]], now: float) -> dict[str, int]:
    """Delete what is past its time at `now`, in Unix seconds, in datasets beside the database: rows by dataset."""
    return {each.name: each.prune(now) for retained in parts.values() for each in retained if each.prune is not None}


def _pruned(engine: sa.Engine, prune: Callable[[Transaction, float], int], now: float) -> Iterator[int]:
    """Yield how many rows each transaction deleted, until there are no more; writers get in between."""
    while True:
        with engine.begin() as connection:
            count = prune(connection, now)
        yield count
        if count < PRUNED_AT_ONCE:
            break


def pruner(settings: Settings, clock: Callable[[], float] = time.time) -> Callable[[], Mapping[str, int]]:
    """Return what prunes the home's database or TIPBENCH_DATABASE_URL's, Dagster's, and files past their time.

    A home without a database gets none by it. The home may be served meanwhile.
    """

    def prune_all() -> Mapping[str, int]:
        now = clock()
        files = {
            "inbox_files": prune_settled(settings.home, now),
            "unfinished": prune_unfinished(settings.home, now),
            "boards": prune_boards(settings.home, iso(now)),
            "policy_reports": prune_reports(settings.home.storage, now),
            "score_parts": fold_scores(settings.home, iso(now)),
        }
        deleted = {what: count for what, count in files.items() if count}
        if settings.database_url is not None or settings.home.has_database:
            with opening():
                engine = open_database(settings.home, settings.database_url)
                try:
                    deleted |= prune(engine, policies(settings, engine), now)
                    deleted |= prune_parts(parts(settings, engine), now)
                finally:
                    engine.dispose()
        return deleted | prune_dagster(settings.home, now)

    return prune_all


def prune_dagster(home: Home, now: float) -> dict[str, int]:
    """Delete Dagster's old runs, events and ticks by `now`, in Unix seconds: runs and events deleted, if any.

    Raise Unavailable if its database cannot be used.
    """
    if not is_made(home):
        return {}
    from resources.dagster.retention.events import prune_events, prune_ticks
    from resources.dagster.retention.runs import prune_runs

    try:
        with open_instance(home) as instance:
            prune_ticks(instance, now)
            deleted = {"dagster_runs": prune_runs(instance, home, now), "dagster_events": prune_events(instance, now)}
    except sa.exc.SQLAlchemyError as error:
        raise Unavailable(f"Dagster's database cannot be used: {type(error).__name__}") from None
    return {what: count for what, count in deleted.items() if count}
