"""Forks processes that take a notice to its end: `python -m tests.services.notifier.notifying_process HOME DATABASE`.

A line of its input is `ID STEP`: a process that has all modules forks one that requests the notice ID, unless it is
requested already, and does all that is due, but kills itself before statement or commit STEP of the database. The line
`killed` or `done` follows. With the port of a push service as a third argument, steps are those of the release alone,
and the moments before and after each call of the service are steps as well; `- STEP STEP` requests nothing, and lets as
many processes release at the same time as there are steps.
"""

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa

from kit.egress.transport import GuardedTransport, PeerAnswer
from resources.sql.engine import open_engine
from services.events.tables import OUTBOX
from services.notifier.channels.settings import NotifierTable
from services.notifier.release_worker import ReleaseWorker
from tests.killing import die_before
from tests.services.notifier.world import World, request


def _notify(home: Path, database: str, id_: str, step: int) -> NoReturn:
    world = World(home, engine=open_engine(database))
    die_before(world.engine, step)
    with world.engine.connect() as connection:
        known = connection.execute(sa.select(OUTBOX.c.id).where(OUTBOX.c.id == id_)).first() is not None
    if not known:
        world.publish(request(id_), id_=id_)
    world.settle()
    os._exit(0)


def _hand_over(home: Path, database: str, id_: str, step: int, port: int) -> NoReturn:
    world = World(home, engine=open_engine(database))
    if id_ != "-":
        world.publish(request(id_), id_=id_)
        world.deliver()
    count, call = die_before(world.engine, step), GuardedTransport.request

    async def counted(*given: Any, **named: Any) -> PeerAnswer:
        count()
        answer = await call(*given, **named)
        count()
        return answer

    GuardedTransport.request = counted  # type: ignore[method-assign]  # the same call, with a step on either side
    worker = ReleaseWorker(world.context(NotifierTable(contact="mailto:us@tips.example"), ("127.0.0.1", port)), batch=2)
    while worker.step():
        pass
    os._exit(0)


def _forked(notice: str, step: int) -> int:
    child = os.fork()
    if child == 0:
        try:
            if len(sys.argv) > 3:
                _hand_over(Path(sys.argv[1]), sys.argv[2], notice, step, int(sys.argv[3]))
            _notify(Path(sys.argv[1]), sys.argv[2], notice, step)
        except BaseException:  # noqa: BLE001  # a fork must not go on with its parent's loop
            traceback.print_exc()
        os._exit(1)
    return child


if __name__ == "__main__":
    for line in sys.stdin:
        notice, *steps = line.split()
        children = [_forked(notice, int(step)) for step in steps]
        codes = {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children}
        killed = "killed" if -signal.SIGKILL in codes else "done"
        print(killed if codes <= {0, -signal.SIGKILL} else "failed", flush=True)
