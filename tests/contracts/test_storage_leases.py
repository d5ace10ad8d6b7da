"""What every implementation of contracts.storage.Leases does, and what a fence keeps out."""

from threading import Event, Thread

import pytest

from contracts.storage import Fence, LeaseHeld, StaleFence, Storage
from tests.deadline import DEADLINE_S

LEASE, NOW = "lake/tip-bench-a/lock", "2026-01-01T00:00:00+00:00"


def taken(storage: Storage) -> Fence:
    """Take the lease and let it go; return its fence."""
    with storage.leases.hold(LEASE, purpose="collecting", now=NOW) as fence:
        return fence


def test_one_holds_a_lease_and_is_named(storage: Storage) -> None:
    """Whoever wants it meanwhile hears who has it, since when and for what."""
    assert storage.leases.is_free(LEASE)
    with storage.leases.hold(LEASE, purpose="collecting", now=NOW):
        assert not storage.leases.is_free(LEASE)
        with pytest.raises(LeaseHeld) as refused, storage.leases.hold(LEASE, purpose="publishing", now=NOW):
            pass
        assert refused.value.holder is not None
        assert (refused.value.holder.purpose, refused.value.holder.since) == ("collecting", NOW)
    assert storage.leases.is_free(LEASE)


def test_a_lease_is_free_after_an_error(storage: Storage) -> None:
    """Whatever ends its block."""
    with pytest.raises(ZeroDivisionError), storage.leases.hold(LEASE, purpose="x", now=NOW):
        raise ZeroDivisionError
    assert storage.leases.is_free(LEASE)


def test_whoever_waits_gets_it(storage: Storage) -> None:
    """Once the holder lets it go."""
    held, numbers = Event(), []

    def wait() -> None:
        held.set()
        with storage.leases.hold(LEASE, purpose="next", now=NOW, wait_s=DEADLINE_S) as fence:
            numbers.append(fence.number)

    with storage.leases.hold(LEASE, purpose="first", now=NOW) as first:
        waiting = Thread(target=wait)
        waiting.start()
        held.wait(DEADLINE_S)
    waiting.join(DEADLINE_S)
    assert numbers == [first.number + 1]


def test_the_number_grows_each_time(storage: Storage) -> None:
    """Each lease has its own."""
    numbers = [taken(storage).number for _ in range(3)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    with storage.leases.hold("other/lock", purpose="x", now=NOW) as other:
        assert other == Fence("other/lock", numbers[0])


def test_the_number_grows_though_its_folder_is_discarded(storage: Storage) -> None:
    """Whoever held a lease of a deleted experiment writes nothing into the new one of that name."""
    old = [taken(storage) for _ in range(3)][-1]
    with storage.leases.hold(LEASE, purpose="deleting", now=NOW) as fence:
        storage.blobs.put("lake/tip-bench-a/spec.json", b"1", fence)
        storage.blobs.discard("lake/tip-bench-a", fence)
    new = [taken(storage) for _ in range(3)]
    assert [each.number for each in new] == [old.number + 2, old.number + 3, old.number + 4]
    with pytest.raises(StaleFence):
        storage.blobs.put("lake/tip-bench-a/spec.json", b"2", old)


def test_the_holder_writes_under_its_fence(storage: Storage) -> None:
    """Blobs, logs and datasets."""
    with storage.leases.hold(LEASE, purpose="collecting", now=NOW) as fence:
        storage.blobs.put("a", b"1", fence)
        with storage.logs.open("log", fence) as log:
            log.append(b"line")
        storage.datasets.create("data", lambda _: "set", lambda file: file.write(b"2"), fence)
    assert [storage.blobs.get(key) for key in ("a", "log", "data/set")] == [b"1", b"line\n", b"2"]


def test_a_stale_holder_writes_nothing_more(storage: Storage) -> None:
    """Once another one took the lease: no value, no line of a log that is open, no dataset; nor does it delete one."""
    old = taken(storage)
    storage.blobs.put("a", b"old", old)
    log = storage.logs.open("log", old)
    log.append(b"old")
    taken(storage)
    with pytest.raises(StaleFence, match="nothing was written"):
        storage.blobs.put("a", b"new", old)
    with pytest.raises(StaleFence):
        storage.blobs.move("a", "b", old)
    with pytest.raises(StaleFence):
        log.append(b"new")
    with pytest.raises(StaleFence):
        storage.logs.open("log", old)
    with pytest.raises(StaleFence):
        storage.datasets.create("data", lambda _: "set", lambda file: file.write(b"2"), old)
    with pytest.raises(StaleFence):
        storage.blobs.put_if_absent("b", b"new", old)
    with pytest.raises(StaleFence):
        storage.blobs.delete("a", old)
    storage.blobs.put("folder/a", b"old")
    with pytest.raises(StaleFence):
        storage.blobs.discard("folder", old)
    log.close()
    assert [storage.blobs.get(key) for key in ("a", "b", "log", "folder/a", "data/set")] == [
        b"old",
        None,
        b"old\n",
        b"old",
        None,
    ]
    assert storage.blobs.list("data") == []


def test_a_fence_of_no_lease_is_stale(storage: Storage) -> None:
    """A number that nobody was given."""
    with pytest.raises(StaleFence):
        storage.blobs.put("a", b"", Fence(LEASE, 1))
