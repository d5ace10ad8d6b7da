"""Notices decided and handed over to the inbox and to a push service in a process of its own, one core each."""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import sqlalchemy as sa
from aiohttp import web

from contracts.module import ModuleContext
from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1
from contracts.modules.profile import Caps, Channel, Preferences, Quiet
from kit.egress.transport import GuardedTransport
from kit.timing.quiet_hours import DAYS
from services.notifier.channels.sender import Notice, SendOutcome
from services.notifier.channels.senders import senders_of
from services.notifier.channels.settings import NotifierTable
from services.notifier.release import CALLS
from services.notifier.release_worker import ReleaseWorker
from services.notifier.tables import DELIVERIES
from tests.services.notifier.channels.web_push.push_peer import Browser
from tests.services.notifier.world import World, request

NOTICES, USERS, GOAL = 1_000, 100, 200
OURS, PEERS = 0, 1
"""The cores, where there are two."""


def pin(core: int) -> None:
    """Have this process run on one core, where there are several."""
    os.sched_setaffinity(0, {core % (os.cpu_count() or 1)})


async def _taken(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=201)


def push_service(port: Connection) -> None:
    """Take every message; its port goes through the pipe."""

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/{path:.*}", _taken)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    pin(PEERS)
    asyncio.run(serve())


def people(world: World, addresses: Sequence[str]) -> None:
    """Users who want pushes of everything, but by night."""
    quiet = tuple(Quiet(day, "22:00", "07:00") for day in DAYS)
    caps = Caps(per_24h=100, per_day=100, per_topic=100)
    for number, address in enumerate(addresses):
        preferences = Preferences(channels=(Channel.PUSH,), quiet=quiet, caps=caps, time_zone="Europe/Berlin")
        user = f"user-{number}"
        world.publish(PreferencesChangedV1(version=1, preferences=preferences), user)
        world.publish(ConsentChangedV1(purpose="push", given=True, version=1), user)
        world.reach(Channel.PUSH, address, user)
    world.deliver()


def bare_calls(world: World, context: ModuleContext, address: str, number: int) -> tuple[float, float]:
    """The limit of the same run: seconds and CPU seconds of so many calls of the sender, as many at a time."""
    taken: list[SendOutcome] = []

    async def all_calls() -> None:
        calls = asyncio.Semaphore(CALLS)
        async with GuardedTransport(exceptions=context.egress_exceptions) as transport:
            sender = senders_of(context, transport, world.addresses)[Channel.PUSH]

            async def one(id_: int) -> None:
                async with calls:
                    notice = Notice(id=str(id_), topic="sleep", title="A tip", text="Go to bed early.")
                    taken.append((await sender.send(notice, address)).outcome)

            await asyncio.gather(*(one(each) for each in range(number)))

    began, cpu = time.perf_counter(), time.process_time()
    asyncio.run(all_calls())
    took = time.perf_counter() - began, time.process_time() - cpu
    _all_delivered(sum(each is SendOutcome.DELIVERED for each in taken), number)
    return took


def handed_over(world: World, worker: ReleaseWorker, number: int) -> tuple[float, float]:
    """Seconds and CPU seconds from so many rows that are due to as many outcomes written down."""
    for each in range(number):
        world.publish(request(f"Tip {each}"), f"user-{each % USERS}")
    world.deliver()
    began, cpu = time.perf_counter(), time.process_time()
    while worker.step():
        pass
    took = time.perf_counter() - began, time.process_time() - cpu
    with world.engine.connect() as connection:
        delivered = sa.select(sa.func.count()).where(DELIVERIES.c.state == "delivered")
        _all_delivered(connection.execute(delivered).scalar_one(), number)
    return took


def _all_delivered(count: int, number: int) -> None:
    if count != number:
        print(f"only {count:,} of {number:,} were delivered: this machine is too busy for the figures")


def main() -> None:
    """Print the limit and what was reached of it: half a minute."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notices", nargs="?", type=int, default=NOTICES)
    number = parser.parse_args().notices
    ours, theirs = get_context("spawn").Pipe()
    service = get_context("spawn").Process(target=push_service, args=(theirs,), daemon=True)
    service.start()
    port = ours.recv()
    pin(OURS)
    browser = Browser()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "home")
        addresses = [browser.subscription(f"http://127.0.0.1:{port}/send/{each}") for each in range(USERS)]
        people(world, addresses)
        context = world.context(NotifierTable(contact="mailto:us@tips.example"), ("127.0.0.1", port))
        limit_s, limit_cpu_s = bare_calls(world, context, addresses[0], number)
        worker = ReleaseWorker(context)
        took_s, cpu_s = handed_over(world, worker, number)
        worker.close()
        world.close()
    service.terminate()
    service.join()
    print(f"bare calls: {number / limit_s:,.0f} a second, {1000 * limit_cpu_s / number:.2f} ms of CPU time each")
    print(
        f"decided and handed over: {number / took_s:,.0f} notices a second (goal {GOAL}), {took_s / limit_s:.2f} x the "
        f"bare calls; {1000 * cpu_s / number:.2f} ms of CPU time each, {cpu_s / limit_cpu_s:.2f} x; "
        f"{1000 * (cpu_s - limit_cpu_s) / number:.2f} ms of it besides the call"
    )


if __name__ == "__main__":
    main()
