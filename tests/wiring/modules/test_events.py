import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from resources.home import Home
from resources.privacy.user_keys import UserKeys, open_user_keys
from tests.deadline import DEADLINE_S
from tests.migrated_home import open_migrated
from tests.services.events.nats_peer import Server, nats_server
from tests.services.events.world import EFFECTS, RecordingConsumer, rated
from wiring.modules.events import Events, build_events
from wiring.settings import SettingsError, read_settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home")


@pytest.fixture
def database(home: Home) -> Iterator[sa.Engine]:
    """The module's tables and one for effects."""
    opened = open_migrated(home, None)
    EFFECTS.create(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def keys(home: Home) -> Iterator[UserKeys]:
    """The home's key store."""
    made = open_user_keys(home)
    yield made
    made.close()


def _built(home: Home, database: sa.Engine, keys: UserKeys, **environ: str) -> Events:
    environ = {"TIPBENCH_HOME": str(home.root), **environ}
    return build_events(read_settings(environ, home.root, None), database, keys)


def _publish(database: sa.Engine, events: Events, *ids: str) -> None:
    with database.begin() as connection:
        for id_ in ids:
            events.bus.publish(connection, rated(id_, comment="CANARY"))


def _effects(database: sa.Engine) -> list[str]:
    with database.connect() as connection:
        return list(connection.execute(sa.select(EFFECTS.c.event).order_by(EFFECTS.c.position)).scalars())


async def _until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_S
    while not done():
        assert time.monotonic() < until, "what was waited for did not come"
        await asyncio.sleep(0.01)


def test_consumers_get_what_is_published_while_the_server_runs(home: Home, database: sa.Engine, keys: UserKeys) -> None:
    """The signal log among them; each says how far it is behind."""
    events = _built(home, database, keys)
    events.consume(RecordingConsumer())

    async def go() -> None:
        _publish(database, events, "before")
        async with events.life():
            await _until(lambda: _effects(database) == ["before"])
            _publish(database, events, "1", "2")
            await _until(lambda: _effects(database) == ["before", "1", "2"])

    asyncio.run(go())
    assert [(lag.consumer, lag.waiting, lag.complete) for lag in events.lag()] == [
        ("signals", 0, True),
        ("keeper", 0, True),
    ]
    with database.connect() as connection:
        found = events.signals.find(connection)
    assert [signal.event.id for signal in found] == ["before", "1", "2"]


def test_what_was_committed_is_drained_at_the_end(home: Home, database: sa.Engine, keys: UserKeys) -> None:
    """Also what came in the last moment."""
    events = _built(home, database, keys)
    events.consume(RecordingConsumer())

    async def go() -> None:
        async with events.life():
            _publish(database, events, *map(str, range(300)))

    asyncio.run(go())
    assert _effects(database) == [str(number) for number in range(300)]


def test_a_consumer_comes_once_and_before_the_start(home: Home, database: sa.Engine, keys: UserKeys) -> None:
    """A second one of its name would share its inbox; a late one would miss what was delivered."""
    events = _built(home, database, keys)
    events.consume(RecordingConsumer())
    with pytest.raises(ValueError, match="keeper is a consumer already"):
        events.consume(RecordingConsumer())

    async def go() -> None:
        async with events.life():
            with pytest.raises(ValueError, match="after the start"):
                events.consume(RecordingConsumer("late"))

    asyncio.run(go())


@pytest.mark.parametrize(
    "url", ["localhost", "http://127.0.0.1:4222", "nats://:CANARY@", "nats://a:1,,nats://b", "nats://u:CANARY@h/ x"]
)
def test_a_url_that_cannot_be_used_is_refused_without_its_text(
    home: Home, database: sa.Engine, keys: UserKeys, url: str
) -> None:
    """It may hold a password."""
    with pytest.raises(SettingsError, match="NATS_URL cannot be used") as refused:
        _built(home, database, keys, NATS_URL=url)
    assert "CANARY" not in str(refused.value)
    with pytest.raises(SettingsError, match="NATS_REPLICAS cannot be used"):
        _built(home, database, keys, NATS_URL="nats://127.0.0.1:1", NATS_REPLICAS="2")


@pytest.mark.slow
def test_over_a_broker_that_is_away_for_a_while(
    home: Home, database: sa.Engine, keys: UserKeys, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is lost, the lag says that it is not complete, no log holds the URL's password."""
    caplog.set_level(logging.DEBUG)
    with nats_server(tmp_path / "nats") as server:
        asyncio.run(_away(home, database, keys, server))
    assert "CANARY" not in caplog.text
    assert "waits: BrokerAway" in caplog.text


async def _away(home: Home, database: sa.Engine, keys: UserKeys, server: Server) -> None:
    url = server.url.replace("nats://", "nats://someone:CANARY@")
    events = _built(home, database, keys, NATS_URL=f"nats://127.0.0.1:1,{url}")
    events.consume(RecordingConsumer())
    async with events.life():
        _publish(database, events, "1")
        await _until(lambda: _effects(database) == ["1"])
        await _until(lambda: all(lag.waiting == 0 and lag.complete for lag in events.lag()))
        server.kill()
        _publish(database, events, "2", "3")
        lags = await asyncio.to_thread(events.lag)
        assert [(lag.waiting, lag.complete) for lag in lags] == [(2, False), (2, False)]
        server.start()
        await _until(lambda: _effects(database) == ["1", "2", "3"])
        await _until(lambda: all(lag.waiting == 0 and lag.complete for lag in events.lag()))
