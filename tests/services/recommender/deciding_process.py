"""Forks processes that recommend: `python -m tests.services.recommender.deciding_process HOME DATABASE`.

A line of its input is `USER STEP`: a process asks for two tips and says that the first was shown, but kills itself
before statement or commit STEP of the database, or before it answers. What it answers is a line `served` with JSON; the
line `killed` or `done` follows.
"""

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import msgspec

from contracts.tips.recommendations import FeedbackKind
from resources.sql.engine import open_engine
from tests.killing import die_before
from tests.services.recommender.world import World


def _decide(home: Path, database: str, user: str, step: int) -> NoReturn:
    world = World(home, engine=open_engine(database))
    count = die_before(world.engine, step)
    made = world.ask(user, k=2)
    count()
    print("served", msgspec.json.encode(made).decode(), flush=True)
    world.say(made, FeedbackKind.SHOWN, user=user, id=f"{user}-shown")
    count()
    print("taken", user, flush=True)
    os._exit(0)


def _forked(user: str, step: int) -> int:
    child = os.fork()
    if child == 0:
        try:
            _decide(Path(sys.argv[1]), sys.argv[2], user, step)
        except BaseException:  # noqa: BLE001  # a fork must not go on with its parent's loop
            traceback.print_exc()
        os._exit(1)
    return child


if __name__ == "__main__":
    for line in sys.stdin:
        user, step = line.split()
        code = os.waitstatus_to_exitcode(os.waitpid(_forked(user, int(step)), 0)[1])
        print({0: "done", -signal.SIGKILL: "killed"}.get(code, "failed"), flush=True)
