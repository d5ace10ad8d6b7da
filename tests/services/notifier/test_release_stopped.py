"""The process ends while peers do not answer: within its time, and every notice says what became of it."""

import asyncio
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.module import Worker
from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1
from contracts.modules.profile import Caps, Channel, Preferences
from kit.times import utc_now
from services.notifier.channels.sender import HandOver, Notice
from services.notifier.channels.settings import MailTable, NotifierTable
from services.notifier.declaration import NOTIFIER
from services.notifier.delivery.stoppable_calls import StoppableCalls
from services.notifier.release import CALLS, Release
from services.notifier.release_worker import ReleaseWorker
from services.notifier.tables import DELIVERIES
from tests.deadline import DEADLINE_S
from tests.services.notifier.channels.mail.relay_peer import RelayPeer, relay_in_thread
from tests.services.notifier.outside import Outside, Peer
from tests.services.notifier.world import World, request
from tests.story.peers.apple import Authority
from wiring.modules.workers import ModuleWorkers

MANY = Caps(per_24h=100, per_day=100, per_topic=100)


class Silent(Peer):
    """Never answers; `full` is set while as many calls are under way as there may be."""

    def __init__(self) -> None:
        super().__init__("push")
        self.full = threading.Event()

    async def send(self, notice: Notice, address: str) -> HandOver:
        """Note the notice and wait for ever."""
        await super().send(notice, address)
        if len(self.got) == CALLS:
            self.full.set()
        await asyncio.Event().wait()
        raise AssertionError


def test_what_had_begun_is_unknown_and_the_rest_goes_out_later(world: World) -> None:
    """Of forty notices none is with the silent peer twice, and the next process hands over those it never got."""
    silent = Silent()
    outside, calls = Outside(world, silent), StoppableCalls(grace_s=0.01)
    outside.prefer(2, caps=MANY)
    ids = [world.publish(request(str(number))) for number in range(CALLS + 8)]
    world.deliver()
    senders = {Channel.PUSH: silent}
    release = Release(
        world.notifier.store, world.sealer, world.clock, senders=senders, addresses=world.addresses, calls=calls
    )
    thread = threading.Thread(target=release.step)
    thread.start()
    assert silent.full.wait(DEADLINE_S)
    calls.stop()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()
    assert _slots(world) == {("unknown", "stopped", 1): CALLS, ("later", "stopped", 0): 8}
    outside.push = Peer("push")
    world.release = outside.worker()
    world.settle()
    assert sorted(silent.got + outside.push.got) == sorted(ids)
    assert _slots(world) == {("unknown", "stopped", 1): CALLS, ("delivered", "201", 1): 8}
    said = world.notifier.why("user-a", silent.got[0]).why[0]
    assert said.endswith("it is sent again only if you say so (the server was stopped meanwhile).")


def test_a_relay_that_hangs_holds_up_no_end_of_the_process(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers of the module end in their time, after a relay that takes a whole mail and then says nothing."""
    authority, relay, took = Authority(tmp_path), RelayPeer(), threading.Event()
    relay.hangs = took.set
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    world.publish(PreferencesChangedV1(version=1, preferences=Preferences(channels=(Channel.EMAIL,))))
    world.publish(ConsentChangedV1(purpose="email", given=True, version=1))
    world.reach(Channel.EMAIL, "ada@home.example")
    world.publish(request())
    world.deliver()
    with relay_in_thread(relay, authority.served()):
        mail = MailTable(host="127.0.0.1", port=relay.port, sender="tips@tips.example", origin="https://tips.example")
        context = world.context(NotifierTable(mail=mail))
        release = ReleaseWorker(context, grace_s=0.01)
        worker = Worker(name="release", step=release.step, every_s=0.5, stop=release.stop, close=release.close)
        module = replace(NOTIFIER, workers=lambda *_: [worker])
        workers = ModuleWorkers(module, context, world.notifier, world.home.storage.leases, utc_now)
        workers.start()
        assert took.wait(DEADLINE_S)
        workers.stop()
    assert _slots(world) == {("unknown", "stopped", 1): 1}


def _slots(world: World) -> Counter[tuple[str, str, int]]:
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(DELIVERIES.c.state, DELIVERIES.c.reason, DELIVERIES.c.attempts))
        return Counter((state, reason, attempts) for state, reason, attempts in rows)
