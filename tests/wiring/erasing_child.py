"""A process that delivers and erases until it is killed: `python -m tests.wiring.erasing_child HOME`."""

import asyncio
import sys
from pathlib import Path

from tests.wiring.test_profile import House


async def _live(house: House) -> None:
    async with house.events.life(), house.room.life():
        print("erasing", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_live(House(Path(sys.argv[1]))))
