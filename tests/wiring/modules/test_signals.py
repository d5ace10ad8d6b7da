import asyncio
import threading
from pathlib import Path

from resources.events.signal_parts import SignalParts
from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from tests.deadline import DEADLINE_S
from tests.migrated_home import open_migrated
from tests.services.events.world import rated
from wiring.modules.events import Events
from wiring.modules.signals import publish


def test_a_homes_signals_are_published_once(tmp_path: Path) -> None:
    """From the bus to the parts; of two publishers at a time one waits, and finds nothing left to do."""
    home = Home(tmp_path / "home")
    database = open_migrated(home, None)
    events = Events(database, open_user_keys(home))

    async def go() -> None:
        async with events.life():
            with database.begin() as connection:
                for number in range(20):
                    events.bus.publish(connection, rated(str(number), f"user-{number % 3}"))

    asyncio.run(go())
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(publish(home, database, lambda user: user != "user-2")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert sorted(counts) == [0, 0, 14]
    assert [part.rows for part in SignalParts(home.storage).manifest().parts] == [14]
    database.dispose()
