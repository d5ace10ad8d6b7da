"""Gets the secret of the one connection of a home in many threads at once, as one of several processes.

The first line of its input is what `Refreshing` says; it answers `ready`, and with the secrets after one more line.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from services.integrations.tables import CONNECTIONS
from tests.deadline import DEADLINE_S
from tests.services.integrations.calendar_peer import CalendarPeer
from tests.services.integrations.oauth_peer import OAuthPeer
from tests.services.integrations.provider_apis import TodoistApi
from tests.services.integrations.world import World


class Refreshing(msgspec.Struct, frozen=True):
    """Which home, at what time, with the provider at which port, in how many threads."""

    home: str
    now: float
    port: int
    threads: int


def main() -> None:
    """Answer once."""
    plan = msgspec.json.decode(sys.stdin.readline(), type=Refreshing)
    provider = OAuthPeer(TodoistApi(), lambda: plan.now, port=plan.port)
    world = World(Path(plan.home), CalendarPeer({}), provider=provider)
    world.now = plan.now
    with world.engine.connect() as connection:
        row = connection.execute(CONNECTIONS.select()).one()
    print("ready", flush=True)
    sys.stdin.readline()
    start = threading.Barrier(plan.threads)

    def secret(_: int) -> str:
        start.wait(DEADLINE_S)
        return world.integrations.grants.secret(row).decode()

    with ThreadPoolExecutor(plan.threads) as threads:
        given = list(threads.map(secret, range(plan.threads)))
    print(msgspec.json.encode(given).decode(), flush=True)


if __name__ == "__main__":
    main()
