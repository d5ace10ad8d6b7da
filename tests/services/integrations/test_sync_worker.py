"""What the worker of syncs does by itself: what is due, and nothing that is not."""

from http.server import BaseHTTPRequestHandler

from contracts.integrations.connections import SyncOutcome
from services.integrations.sync_worker import SyncWorker
from services.integrations.tables import CONNECTIONS
from tests.services.integrations.calendar_peer import calendar, event, status, tagged
from tests.services.integrations.world import World

MEETING = event("m", ":20270115T100000Z", ":20270115T110000Z", SUMMARY="Review")
HOUR_S = 3_600.0


def test_each_connection_is_read_once_an_hour(world: World) -> None:
    """Two of them in two steps, and then none; a failed one is read again after ten minutes, twenty, forty."""
    world.peer.answers |= {"/a.ics": tagged(calendar(MEETING)), "/b.ics": tagged(calendar(MEETING))}
    for path in world.peer.answers:
        world.connect(path)
    worker = SyncWorker(world.integrations)
    assert not worker.step()
    world.now += HOUR_S
    world.peer.answers["/b.ics"] = status(500)
    assert [worker.step() for _ in range(3)] == [True, True, False]
    read = {each.last_sync.outcome for each in world.integrations.connections("user-a").connections if each.last_sync}
    assert read == {SyncOutcome.UNCHANGED, SyncOutcome.FAILED}
    for wait_s in (600.0, 1_200.0):
        world.now += wait_s - 1.0
        assert not worker.step()
        world.now += 1.0
        assert [worker.step() for _ in range(2)] == [True, False]


def test_one_that_cannot_be_opened_holds_up_no_other(here: World) -> None:
    """Its data key was lost: the next step reads another, and it is tried again later."""
    here.peer.answers |= {"/a.ics": tagged(calendar(MEETING)), "/b.ics": tagged(calendar(MEETING))}
    first, second = here.connect("/a.ics"), here.connect("/b.ics")
    with here.engine.begin() as connection:
        connection.execute(CONNECTIONS.update().where(CONNECTIONS.c.id == first.id).values(data_key=b"lost"))
    here.now += HOUR_S
    requests, worker = len(here.peer.seen), SyncWorker(here.integrations)
    assert [worker.step() for _ in range(3)] == [True, True, False]
    assert [path for path, _ in here.peer.seen[requests:]] == ["/b.ics"]
    assert second.last_sync is not None


def test_a_worker_that_is_stopped_leaves_its_sync_for_later(here: World) -> None:
    """What the provider still answers is not waited for, and nothing stays claimed."""
    here.peer.answers["/a.ics"] = tagged(calendar(MEETING))
    made = here.connect("/a.ics")
    worker = SyncWorker(here.integrations)

    def hang(handler: BaseHTTPRequestHandler) -> None:
        worker.stop()
        handler.rfile.read(1)  # until the other side leaves

    here.peer.answers["/a.ics"] = hang
    here.now += HOUR_S
    assert not worker.step()
    here.peer.answers["/a.ics"] = tagged(calendar(MEETING))
    assert here.integrations.sync("user-a", made.id).last_sync is not None
