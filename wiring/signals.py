"""Publishes the signal log of a home for analysis."""

from collections.abc import Callable

import sqlalchemy as sa

from contracts.events import VOCABULARY
from resources.database import reading
from resources.home import Home
from resources.sealing import open_user_keys
from resources.signal_parts import SignalParts
from services.events.envelope import Codec
from services.events.publication import publish_signals


def publish(home: Home, database: sa.Engine, may: Callable[[str], bool]) -> int:
    """Add what is new to the home's parts; how many rows. `may` says whether a user agreed."""
    keys, parts = open_user_keys(home), SignalParts(home.signals)
    with parts.only_writer(), reading(database) as connection:
        return publish_signals(connection, Codec(keys, VOCABULARY), keys, parts, may)
