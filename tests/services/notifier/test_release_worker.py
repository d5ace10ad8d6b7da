"""The worker with its real channels: what the settings name, on one loop."""

import threading

from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1
from contracts.modules.profile import Channel, Preferences
from services.notifier.channels.settings import NotifierTable
from services.notifier.channels.web_push.vapid_keys import VapidKeys
from services.notifier.release_worker import ReleaseWorker
from tests.services.notifier.channels.web_push.push_peer import PushPeer, push_peer_in_thread
from tests.services.notifier.world import World, request

CONTACT = "mailto:us@tips.example"


def _agreed(world: World) -> None:
    """A user who wants pushes."""
    world.publish(PreferencesChangedV1(version=1, preferences=Preferences(channels=(Channel.PUSH,))))
    world.publish(ConsentChangedV1(purpose="push", given=True, version=1))
    world.deliver()


def _step_all(worker: ReleaseWorker) -> None:
    while worker.step():
        pass


def test_a_notice_reaches_the_browser(world: World) -> None:
    """Two steps go over one connection of one loop, and closing leaves no thread and no loop."""
    _agreed(world)
    peer, before = PushPeer(), set(threading.enumerate())
    with push_peer_in_thread(peer):
        worker = ReleaseWorker(world.context(NotifierTable(contact=CONTACT), peer.pair))
        world.reach(Channel.PUSH, peer.address())
        for title in ("first", "second"):
            world.publish(request(title))
            world.deliver()
            _step_all(worker)
        worker.close()
    assert [message["title"] for message in peer.messages] == ["first", "second"]
    assert {claim["sub"] for claim in peer.claims} == {CONTACT}
    assert peer.signers == [VapidKeys(world.home.keys).current(0.0).public] * 2
    assert len(peer.connections) == 1
    assert set(threading.enumerate()) <= before


def test_without_a_contact_nothing_leaves_the_app(world: World) -> None:
    """Notices end in the inbox; a worker that never stepped has nothing to close."""
    _agreed(world)
    peer = PushPeer()
    with push_peer_in_thread(peer):
        worker = ReleaseWorker(world.context(NotifierTable(), peer.pair))
        world.reach(Channel.PUSH, peer.address())
        world.publish(request())
        world.deliver()
        _step_all(worker)
        worker.close()
        ReleaseWorker(world.context(NotifierTable())).close()
    assert peer.messages == []
    assert len(world.inbox()) == 1
