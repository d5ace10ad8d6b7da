"""Every keeper of tables in the one database, and the pruning of all of them."""

import time
from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa

from contracts.events import VOCABULARY
from contracts.keeping import Keeper
from contracts.refusals import Unavailable
from resources.keeping import BenchmarkKeeper
from services.auth.module import AuthModule
from services.events.envelope import Codec
from services.events.keeping import EventsKeeper
from services.gateway.replies import Replies
from services.profile.keeping import ProfileKeeper
from wiring.auth import auth_keeper, build_auth
from wiring.database import open_database
from wiring.house_keys import HouseKeys, house_keys
from wiring.settings import Settings


def keepers(settings: Settings, engine: sa.Engine) -> Sequence[Keeper]:
    """One for each module that keeps tables."""
    return keepers_of(engine, build_auth(settings, engine), house_keys(settings.home))


def keepers_of(engine: sa.Engine, auth: AuthModule, keys: HouseKeys) -> Sequence[Keeper]:
    """The same beside an auth that is running; events comes last, since erasing is asked for and answered by it."""
    sealer = keys.sealer
    replies = Replies(engine, sealer, time.time)
    events = EventsKeeper(Codec(sealer, VOCABULARY), whole=True)
    return (auth_keeper(auth, keys), BenchmarkKeeper(), ProfileKeeper(sealer, time.time), replies, events)


def prune(engine: sa.Engine, keepers: Sequence[Keeper], now: float) -> dict[str, int]:
    """Delete what is past its time at `now`, in Unix seconds: rows deleted by table, a transaction each."""
    gone = {}
    for keeper in keepers:
        for kept in keeper.kept():
            if kept.prune is not None:
                with engine.begin() as connection:
                    gone[kept.table.name] = kept.prune(connection, now)
    return gone


def pruner(settings: Settings, clock: Callable[[], float] = time.time) -> Callable[[], Mapping[str, int]]:
    """Prunes the home's database, or TIPBENCH_DATABASE_URL's; Unavailable. A home without one gets none by it."""

    def prune_all() -> Mapping[str, int]:
        if settings.database_url is None and not settings.home.database.exists():
            return {}
        try:
            engine = open_database(settings.home, settings.database_url)
            try:
                return prune(engine, keepers(settings, engine), clock())
            finally:
                engine.dispose()
        except sa.exc.OperationalError as error:  # its text may hold the address with its password
            raise Unavailable(f"the database cannot be opened: {type(error.orig).__name__}") from None

    return prune_all
