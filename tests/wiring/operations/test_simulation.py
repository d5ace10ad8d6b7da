"""Simulated users on the modules of a home, marked as simulated in all that they leave."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.modules.events import VOCABULARY
from contracts.modules.profile import Purpose
from contracts.tips.recommendations import Surface, TipRequest
from core.simulated_users.names import is_simulated
from core.simulated_users.tastes import Relation
from kit.sql.sessions import reading
from resources.simulated_users.run import SimulatedRun
from services.events.envelope import Codec
from services.events.tables import OUTBOX, SIGNALS
from services.profile.tables import CONSENTS
from tests.migrated_home import open_migrated
from wiring.keys import home_keys
from wiring.modules import TIPS
from wiring.modules.auth import build_auth
from wiring.modules.events import build_events
from wiring.modules.running import build_modules
from wiring.operations.simulation import (
    SOURCE,
    BrokerDelivers,
    PeopleInTheLog,
    play_simulated,
    settled_since,
)
from wiring.settings import Settings, read_settings

DAY_S = 86_400.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home that is migrated."""
    found = read_settings({"TIPBENCH_HOME": str(tmp_path)}, tmp_path, None)
    open_migrated(found.home, None).dispose()
    return found


def run_on(settings: Settings, users: int = 3, days: int = 2) -> SimulatedRun:
    """Return a run of few users."""
    since = settled_since(settings, days, time.time())
    return SimulatedRun(
        relation=Relation.AGREE, strength=0.2, base_rate=0.3, users=users, days=days, seed=1, since=since
    )


def test_all_that_is_left_says_that_it_was_simulated(settings: Settings) -> None:
    """Ids of users, the source of events, and how consents were given; signals came to the log of signals."""
    played = play_simulated(settings, run_on(settings), lambda _: None)
    assert played.counts.visits == 6
    assert played.counts.drawn.total() == 6
    codec = Codec(home_keys(settings.home).sealer, VOCABULARY)
    database = open_migrated(settings.home, None)
    with reading(database) as connection:
        events = [codec.decode(body) for body in connection.execute(sa.select(OUTBOX.c.body)).scalars()]
        assert {event.source for event in events} == {SOURCE}
        assert all(event.user is not None and is_simulated(event.user) for event in events)
        assert set(connection.execute(sa.select(CONSENTS.c.channel)).scalars()) == {"simulator"}
        unsent = sa.select(sa.func.count()).select_from(OUTBOX).where(OUTBOX.c.sent_at.is_(None))
        assert connection.execute(unsent).scalar() == 0
        assert len(connection.execute(sa.select(SIGNALS)).all()) >= played.counts.shown.total()
    database.dispose()


def test_days_end_when_all_is_settled(settings: Settings) -> None:
    """At a midnight that is twice the hours of a reward ago, six days of the default."""
    now = 1_800_000_000.0
    since = settled_since(settings, 14, now)
    assert since % DAY_S == 0
    assert since + 14 * DAY_S + 2 * 72 * 3_600 <= now < since + 14 * DAY_S + 2 * 72 * 3_600 + DAY_S


def test_people_are_not_mixed_with_simulated_users(settings: Settings) -> None:
    """Where a person was served a tip, nothing is simulated unless it is insisted on."""
    database = open_migrated(settings.home, None)
    keys = home_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    modules = build_modules(settings, database, build_auth(settings, database), events, keys)
    modules.service(TIPS.name).recommend("somebody", TipRequest(surface=Surface.PAGE))
    with pytest.raises(PeopleInTheLog, match="--with-people"):
        play_simulated(settings, run_on(settings), lambda _: None)
    assert not modules.people.allows("simulated-0-00000", Purpose.IMPROVE)
    assert play_simulated(settings, run_on(settings, 1, 1), lambda _: None, with_people=True).counts.visits == 1
    database.dispose()


def test_a_broker_is_refused(settings: Settings) -> None:
    """Its consumers run elsewhere, and would have to keep up with a simulated time."""
    brokered = replace(settings, keys={**settings.keys, "NATS_URL": "nats://127.0.0.1:4222"})
    with pytest.raises(BrokerDelivers, match="NATS_URL"):
        play_simulated(brokered, run_on(settings), lambda _: None)
