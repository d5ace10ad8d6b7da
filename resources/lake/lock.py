"""One writer per experiment, or one a shard: leases of the home's storage that end with their process and name it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from contracts.storage import Fence, Holder, LeaseHeld
from core.benchmark.grid import Shard
from core.expected_error import ExpectedError
from resources.home import Home

JUDGING = "judging"
"""The part of a key below which model judges have their journals."""


class WriterBusy(ExpectedError, RuntimeError):
    """Another process writes this experiment; the message names it."""

    code = "CONFLICT"
    operator_code = "IN_PROGRESS"


@contextmanager
def writing(home: Home, name: str, *, purpose: str, now: str, wait_s: float = 0.0) -> Iterator[Fence]:
    """Hold the experiment's lease and yield its fence.

    Raise WriterBusy, which names the holder, at once or after `wait_s` seconds.
    """
    with _held(home, home.key(name, "lock"), name, purpose=purpose, now=now, wait_s=wait_s) as fence:
        yield fence


@contextmanager
def writing_all(home: Home, name: str, *, purpose: str, now: str) -> Iterator[Fence]:
    """Hold the experiment's lease and those of shards and judges, so that nobody asks models for it; yield its fence.

    Raise WriterBusy, which names the holder, at once. No shard begins meanwhile, for that needs the experiment's lease.
    """
    with ExitStack() as held:
        fence = held.enter_context(writing(home, name, purpose=purpose, now=now))
        for shard in shards_begun(home, name):
            held.enter_context(writing_shard(home, name, shard, purpose=purpose, now=now))
        for judge in judges_begun(home, name):
            held.enter_context(writing_judge(home, name, judge, purpose=purpose, now=now))
        yield fence


@contextmanager
def writing_shard(home: Home, name: str, shard: Shard, *, purpose: str, now: str) -> Iterator[Fence]:
    """Hold the lease of a shard and yield its fence; raise WriterBusy, which names the holder, at once."""
    with _held(home, _shard_key(home, name, shard), f"shard {shard} of {name}", purpose=purpose, now=now) as fence:
        yield fence


@contextmanager
def writing_judge(home: Home, name: str, judge: str, *, purpose: str, now: str) -> Iterator[Fence]:
    """Hold the lease of a model judge's journal and yield its fence; raise WriterBusy, which names the holder."""
    key = home.key(name, JUDGING, judge, "lock")
    with _held(home, key, f"the journal of judge {judge} in {name}", purpose=purpose, now=now) as fence:
        yield fence


def judges_begun(home: Home, name: str) -> list[str]:
    """Return the model judges that have a journal or are about to begin one, by name."""
    return sorted(entry.rstrip("/") for entry in home.storage.blobs.list(home.key(name, JUDGING)))


def shards_begun(home: Home, name: str) -> list[Shard]:
    """Return the shards that hold anything which no whole run has taken in, in their order."""
    found = (folder.rstrip("/").partition("-of-") for folder in home.storage.blobs.list(home.key(name, "shards")))
    return sorted(Shard(int(number), int(of)) for number, middle, of in found if middle)


def is_free(home: Home, name: str) -> bool:
    """Return whether no process writes the experiment, collects a shard of it or asks a judge, at this moment."""
    keys = [home.key(name, "lock"), *(_shard_key(home, name, shard) for shard in shards_begun(home, name))]
    keys += [home.key(name, JUDGING, judge, "lock") for judge in judges_begun(home, name)]
    return all(home.storage.leases.is_free(key) for key in keys)


def _shard_key(home: Home, name: str, shard: Shard) -> str:
    return home.key(name, "shards", f"{shard.number}-of-{shard.of}", "lock")


@contextmanager
def _held(home: Home, key: str, what: str, *, purpose: str, now: str, wait_s: float = 0.0) -> Iterator[Fence]:
    with ExitStack() as held:
        try:
            fence = held.enter_context(home.storage.leases.hold(key, purpose=purpose, now=now, wait_s=wait_s))
        except LeaseHeld as error:
            raise WriterBusy(_busy(what, error.holder, wait_s), ("experiment",)) from error
        yield fence


def _busy(what: str, holder: Holder | None, wait_s: float) -> str:
    who = "another process"
    if holder is not None:
        who = f"process {holder.pid} ({holder.purpose}, since {holder.since})"
    waited = f" after {wait_s:.0f} s" if wait_s else ""
    return f"{what} is being written by {who}{waited}: wait until it ends, or stop it, then run again"
