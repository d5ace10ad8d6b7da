"""A process that delivers and erases until it is killed: `python -m tests.wiring.modules.erasing_process HOME`."""

import asyncio
import sys
from pathlib import Path

from tests.wiring.served_home import ServedHome


async def _live(bench: ServedHome) -> None:
    async with bench.events.life(), bench.modules.life():
        print("erasing", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_live(ServedHome(Path(sys.argv[1]))))
