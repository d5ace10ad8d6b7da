"""Shards of a collecting run: each collects its part into a journal of its own, and the next whole run takes them in.

A shard holds a lease of its own, and the experiment's for the moment in which it begins: shards collect side by side,
each once at a time, and who holds the experiment's lease and those of all shards is alone.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec

from contracts.storage import Fence
from core.benchmark.grid import Shard, ShardError
from resources.home import Home
from resources.lake.broken import read_value
from resources.lake.journal import SHARDS, Journal, journal_of, read_index, shard_journal_of, shard_journals
from resources.lake.lock import shards_begun, writing, writing_shard
from resources.storage.files import pretty

BEGIN_WAIT_S = 10.0
"""Seconds that a shard waits for others which begin, or publish, to let the experiment go."""


class _TakenIn(msgspec.Struct, frozen=True):
    """The contents of taken_in_from.json: the bytes that the experiment's journal had before shards were taken in."""

    bytes: int


@contextmanager
def holding_shard(home: Home, name: str, shard: Shard, *, purpose: str, now: str) -> Iterator[Fence]:
    """Hold a shard of an experiment and yield its fence.

    Raise WriterBusy if another process collects the whole or this very shard, ShardError if what other shards hold is
    split into another number of parts.
    """
    with ExitStack() as held:
        with writing(home, name, purpose=f"beginning shard {shard}", now=now, wait_s=BEGIN_WAIT_S):
            of = {other.of for other in shards_begun(home, name)} - {shard.of}
            if of:
                said = (
                    f"{name} is collected in {min(of)} shards, of which {shard} is none: run one of those, or the whole"
                )
                raise ShardError(f"{said} without a shard, which takes in what they have", ("shard",))
            fence = held.enter_context(writing_shard(home, name, shard, purpose=purpose, now=now))
        yield fence


@contextmanager
def shard_journal(home: Home, name: str, shard: Shard, fence: Fence) -> Iterator[tuple[Journal, float]]:
    """Open a shard's journal, which goes on from the experiment's; yield it, and what that one had spent, in USD.

    The caller holds the shard, by its fence.
    """
    index = read_index(journal_of(home, name))
    spent = index.cost + index.at_most
    with Journal(shard_journal_of(home, name, shard), fence, before=index) as journal:
        yield journal, spent


def share_of(ceiling: float | None, spent: float, shard: Shard) -> float | None:
    """Return the ceiling of a shard in USD: an equal part of what may be spent still, beside what was `spent` before.

    All together stay below the ceiling, whatever they know of each other.
    """
    return None if ceiling is None else spent + (ceiling - spent) / shard.of


@contextmanager
def whole_journal(home: Home, name: str, fence: Fence) -> Iterator[Journal]:
    """Open the experiment's journal with all that shards collected; the caller is alone, by its fence (`writing_all`).

    A process that is killed at any moment leaves the shards, to be taken in anew, or all of them taken in.
    """
    store, blobs = journal_of(home, name), home.storage.blobs
    folder, begun = home.key(name, SHARDS), home.key(name, SHARDS, "taken_in_from.json")
    if (before := read_value(blobs, begun, _TakenIn)) is not None:  # a process was killed while it took them in
        home.storage.logs.cut(store.key, before.bytes, fence)
    with Journal(store, fence) as journal:
        if journals := shard_journals(home, name):
            blobs.put_if_absent(begun, pretty(_TakenIn(journal.index.size)), fence)
            for each in journals:
                journal.take_over(each)
            journal.sync()
        blobs.discard(folder, fence)
        blobs.sweep(home.key(name))
        yield journal
