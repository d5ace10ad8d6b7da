"""Opens the secrets of all connections of a home, over and over, while keys may be rotated.

The first line of its input is the home. For each further line it answers how many passes went well, once one did that
began after that line; it ends with its input, and at the first secret that is missing or another connection's.
"""

import sys
from pathlib import Path

from tests.services.integrations.calendar_peer import CalendarPeer
from tests.services.integrations.vault.reading import read_all
from tests.services.integrations.world import World


def main() -> None:
    """Answer until the input ends."""
    world = World(Path(sys.stdin.readline().rstrip("\n")), CalendarPeer({}))
    print(read_all(world, world.integrations), flush=True)
    for line in sys.stdin:
        passes = int(line)
        for _ in range(passes):
            read_all(world, world.integrations)
            read_all(world, world.module())
        print(passes, flush=True)


if __name__ == "__main__":
    main()
