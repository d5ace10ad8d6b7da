"""Publishes the signal log of a home for analysis."""

from collections.abc import Callable

import sqlalchemy as sa

from contracts.modules.events import VOCABULARY
from contracts.modules.profile import Consents, Purpose
from kit.sql.sessions import reading
from kit.times import utc_now
from resources.events.signal_parts import SignalParts
from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from services.events.envelope import Codec
from services.events.signal_publication import publish_signals
from wiring.database import open_database, opening
from wiring.keys import home_keys
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
    with opening():
        database = open_database(settings.home, settings.database_url)
    keys = home_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    modules = build_modules(settings, database, build_auth(settings, database), events, keys)
    consents: Consents = modules.service("profile")
    try:
        return publish(settings.home, database, lambda user: consents.allows(user, Purpose.IMPROVE))
    finally:
        database.dispose()
