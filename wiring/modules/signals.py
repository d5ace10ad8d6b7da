"""Publishes the signal log and the decisions of a home for analysis."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from contracts.modules.events import VOCABULARY
from contracts.modules.profile import Consents, Purpose
from kit.sql.sessions import reading
from kit.times import utc_now
from resources.decisions.parts import DecisionPartFiles
from resources.events.signal_parts import SignalParts
from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from services.events.envelope import Codec
from services.events.signal_publication import publish_signals
from services.recommender.publishing.decisions import DecisionPublication, publish_decisions
from wiring.database import open_database, opening
from wiring.keys import home_keys
from wiring.modules import tip_settings
from wiring.modules.auth import build_auth
from wiring.modules.events import build_events
from wiring.modules.running import build_modules
from wiring.settings import Settings


def publish(home: Home, database: sa.Engine, may: Callable[[str], bool]) -> int:
    """Add new signals to the home's parts; return how many rows. `may` says whether a user agreed."""
    keys = open_user_keys(home)
    with SignalParts(home.storage).only_writer(utc_now()) as parts, reading(database) as connection:
        return publish_signals(connection, Codec(keys, VOCABULARY), keys, parts, may)


def publish_signals_of(settings: Settings) -> int:
    """Publish the signals of users who agreed to `improve`, and return how many rows; raise Unavailable.

    The home may be served meanwhile.
    """
    with _opened(settings) as (database, may):
        return publish(settings.home, database, may)


def publish_decisions_of(settings: Settings, clock: Callable[[], float] = time.time) -> int:
    """Publish decisions of users who agreed to `improve`, and return how many rows were written; raise Unavailable.

    Their outcome is settled by `clock`, in Unix seconds; the home may be served meanwhile.
    """
    hours, home = tip_settings(settings.module_settings).drawing().reward_within_hours, settings.home
    with _opened(settings) as (database, may), DecisionPartFiles(home.storage).only_writer(utc_now()) as parts:
        how = DecisionPublication(open_user_keys(home), parts, may, hours, clock())
        with reading(database) as connection:
            return publish_decisions(connection, how)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[sa.Engine, Callable[[str], bool]]]:
    """Yield the home's database, and whether a user agrees to `improve`."""
    with opening():
        database = open_database(settings.home, settings.database_url)
    keys = home_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    modules = build_modules(settings, database, build_auth(settings, database), events, keys)
    consents: Consents = modules.service("profile")
    try:
        yield database, lambda user: consents.allows(user, Purpose.IMPROVE)
    finally:
        database.dispose()
