"""Releases by its own clock: `python -m tests.services.notifier.delivery.stepping_process HOME DATABASE PORT`.

At each line of its input it releases what is due, to the push service on PORT, and says its Unix time then.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

from resources.sql.engine import open_engine
from services.notifier.channels.settings import NotifierTable
from services.notifier.release_worker import ReleaseWorker
from tests.services.notifier.world import World

if __name__ == "__main__":
    world = World(Path(sys.argv[1]), engine=open_engine(sys.argv[2]))
    settings = NotifierTable(contact="mailto:us@tips.example")
    context = world.context(settings, ("127.0.0.1", int(sys.argv[3])))
    worker = ReleaseWorker(replace(context, clock=time.time))
    for _ in sys.stdin:
        while worker.step():
            pass
        print(time.time(), flush=True)
    worker.close()
    world.close()
