"""A notice that comes by night, from its event to the signal that it was opened, by the clock of the test alone."""

from contextlib import closing

from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1, TipOpenedV1
from contracts.modules.notices import NoticeMarks
from contracts.modules.profile import Channel, Preferences
from kit.times import iso, unix_seconds
from services.events.signal_log import SignalLog
from services.notifier.channels.settings import NotifierTable
from services.notifier.release_worker import ReleaseWorker
from tests.services.notifier.channels.web_push.push_peer import PushPeer, push_peer_in_thread
from tests.services.notifier.outside import NIGHTS
from tests.services.notifier.world import World, request

ADA = Preferences(time_zone="Europe/Berlin", channels=(Channel.PUSH,), quiet=NIGHTS)
AT_NIGHT, MORNING = unix_seconds("2027-01-15T23:30:00Z"), unix_seconds("2027-01-16T06:00:00Z")
"""Half past midnight in Berlin, and the end of its quiet hours there."""


def _step_all(worker: ReleaseWorker, world: World, now: float) -> None:
    world.clock.now = now
    while worker.step():
        pass


def test_a_notice_of_the_night_is_pushed_in_the_morning_and_opened(world: World) -> None:
    """Held at night, handed over once within the first allowed minute; opening it is a signal and reads the inbox."""
    signals = SignalLog(world.codec)
    world.consumers.append(signals)
    world.clock.now = AT_NIGHT
    world.publish(PreferencesChangedV1(version=1, preferences=ADA))
    world.publish(ConsentChangedV1(purpose="push", given=True, version=1))
    peer = PushPeer()
    with (
        push_peer_in_thread(peer),
        closing(ReleaseWorker(world.context(NotifierTable(contact="mailto:us@tips.example"), peer.pair))) as worker,
    ):
        world.reach(Channel.PUSH, peer.address())
        id_ = world.publish(request("Go to bed", link="/tips/1", decision="decision-1"))
        world.deliver()
        _step_all(worker, world, AT_NIGHT)
        _step_all(worker, world, MORNING - 1)
        assert (peer.messages, world.inbox()) == ([], [])
        held = world.notifier.why("user-a", id_)
        assert held.why == [f"Held until {iso(MORNING)}: it was within your quiet hours."]
        _step_all(worker, world, MORNING + 59)
        _step_all(worker, world, MORNING + 600)
    assert peer.messages == [{"id": id_, "title": "Go to bed", "text": "Go to bed early.", "path": "/tips/1"}]
    (unread,) = world.inbox()
    assert (unread.read_at, world.section()["unread"]) == (None, 1)
    world.notifier.mark("user-a", peer.messages[0]["id"], NoticeMarks(opened=True))
    world.deliver()
    with world.engine.connect() as connection:
        (signal,) = signals.find(connection, user="user-a")
    assert signal.event.data == TipOpenedV1(decision="decision-1")
    (read,) = world.inbox()
    assert (read.read_at, read.opened_at, world.section()["unread"]) == (signal.event.time, signal.event.time, 0)
