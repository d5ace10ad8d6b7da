"""The append-only journal of an experiment: every request sent and every outcome, one line each, never rewritten."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, Self

import msgspec

from contracts.storage import Fence, LogReader, Logs
from core.benchmark.grid import Shard
from core.benchmark.outcome import Outcome, Reopened, Sent
from core.expected_error import ExpectedError
from resources.home import Home

Line = Sent | Reopened | Outcome
_LINE = msgspec.json.Decoder(Line)
JOURNAL, SHARDS = "journal.jsonl", "shards"
_encode = msgspec.json.Encoder().encode


class JournalBroken(ExpectedError, RuntimeError):
    """A journal line that is not the torn last one cannot be read."""

    code = "UNAVAILABLE"
    operator_code = "INVALID_INPUT"
    caller_message = "the journal of this experiment cannot be read: restore it from a backup"


class LineCodec(Protocol):
    """How a line stands in the file: bytes without a newline, bound to the byte offset at which they start."""

    def encode(self, line: bytes, offset: int) -> bytes:
        """Return the bytes to write."""
        ...

    def decode(self, data: bytes, offset: int) -> bytes:
        """Return the line; raise ValueError for bytes that are none of this journal at this offset."""
        ...


class _PlainLines:
    """A line as it is, for everybody who may read the file."""

    def encode(self, line: bytes, offset: int) -> bytes:  # noqa: ARG002  # the protocol's signature
        return line

    def decode(self, data: bytes, offset: int) -> bytes:  # noqa: ARG002  # the protocol's signature
        return data


PLAIN: LineCodec = _PlainLines()


class JournalStore(NamedTuple):
    """The log that a journal is, and how its lines stand in it, for its writer and its readers."""

    logs: Logs
    key: str
    codec: LineCodec = PLAIN


def journal_of(home: Home, name: str) -> JournalStore:
    """Return where the journal of an experiment is, whether there is one or not."""
    return JournalStore(home.storage.logs, home.key(name, JOURNAL))


def shard_journal_of(home: Home, name: str, shard: Shard) -> JournalStore:
    """Return where the journal of a shard is, whether there is one or not."""
    return JournalStore(home.storage.logs, home.key(name, SHARDS, f"{shard.number}-of-{shard.of}", JOURNAL))


def shard_journals(home: Home, name: str) -> list[JournalStore]:
    """Return the journals of shards that the experiment's own does not hold yet, in the order of the shards."""
    blobs, folder = home.storage.blobs, home.key(name, SHARDS)
    keys = [f"{folder}/{shard}{JOURNAL}" for shard in blobs.list(folder) if shard.endswith("/")]
    found = [key for key in keys if blobs.size(key) is not None]
    return [JournalStore(home.storage.logs, key) for key in sorted(found, key=lambda key: (len(key), key))]


class JournalFull(ExpectedError, OSError):
    """The journal could not be written; what it holds so far stays valid."""

    code = "UNAVAILABLE"
    caller_message = "the journal of this experiment cannot be written: make room"


@dataclass
class Index:
    """Where the last outcome of every key is, and which requests were in flight when the last writer ended.

    `places` maps a key to the byte offset of its last outcome's line. A final outcome is never displaced by a transient
    one, only reopened. `answered` holds the keys that their model gave an answer to, text or refusal; `misconfigured`
    those whose last outcome was that their model is not set up. `cost` sums what is known, `at_most` what the other
    answers can have cost.
    """

    places: dict[str, int] = field(default_factory=dict)
    final: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    misconfigured: set[str] = field(default_factory=set)
    in_flight: set[str] = field(default_factory=set)
    unseen: dict[str, int] = field(default_factory=dict)
    cost: float = 0.0
    at_most: float = 0.0
    size: int = 0

    def note(self, line: Line, offset: int) -> None:
        """Update the index by one line that starts at the byte `offset`."""
        if isinstance(line, Sent):
            self.in_flight.add(line.key)
            return
        if isinstance(line, Reopened):
            self.final.discard(line.key)
            self.answered.discard(line.key)
            return
        self.in_flight.discard(line.key)
        self.cost += line.cost or 0.0
        self.at_most += line.at_most or 0.0
        if line.key in self.final:
            return
        self.places[line.key] = offset
        self.misconfigured.discard(line.key)
        if line.kind in {"text", "refused"}:
            self.answered.add(line.key)
        if line.final:
            self.final.add(line.key)
        elif line.kind == "transient":
            self.unseen[line.key] = self.unseen.get(line.key, 0) + line.unseen
        else:
            self.misconfigured.add(line.key)


class Journal:
    """One writer's open journal; the caller holds its lease, whose `fence` keeps a writer out that lost it.

    Use as a context manager. It goes on from what another one held `before`.
    """

    def __init__(self, store: JournalStore, fence: Fence | None = None, before: Index | None = None) -> None:
        self.store, self.index = store, before or Index()
        self.index.places.clear()  # they are those of another journal
        self._log = store.logs.open(store.key, fence)
        try:
            with store.logs.read(store.key) as reader:
                for line, offset in _lines(reader, store):
                    self.index.note(line, offset)
        except BaseException:
            self._log.close()
            raise
        self.index.size = self._log.size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._log.__exit__(*error)

    def sent(self, key: str) -> None:
        """Append that a request with this key is about to be sent."""
        self._append(Sent(key))

    def done(self, outcome: Outcome) -> None:
        """Append the outcome of a generation; raise JournalFull."""
        self._append(outcome)

    def reopen(self, key: str) -> None:
        """Append that a final failure may be requested again; raise JournalFull."""
        self._append(Reopened(key))

    def take_over(self, other: JournalStore) -> None:
        """Append every line of another journal; raise JournalFull, or JournalBroken for one that cannot be read."""
        with other.logs.read(other.key) as reader:
            for line, _ in _lines(reader, other):
                self._append(line)

    def sync(self) -> None:
        """Make everything so far survive the loss of the host; blocks for the disk."""
        self._log.sync()

    def _append(self, line: Line) -> None:
        data = self.store.codec.encode(_encode(line), self.index.size)
        try:
            offset = self._log.append(data)
        except OSError as error:
            raise JournalFull(
                f"cannot write {self.store.key}: {error.strerror}; what was collected is kept, free some space and run "
                "again"
            ) from error
        self.index.note(line, offset)
        self.index.size = offset + len(data) + 1


def read_index(store: JournalStore, *, shards: Sequence[JournalStore] = ()) -> Index:
    """Return the index of a journal as it is now, for readers; empty without a journal.

    `shards` are the journals that it does not hold yet; offsets of their keys are those in their own. A torn last line
    is not counted. Raise JournalBroken for another line that cannot be read.
    """
    index = Index()
    for each in (store, *shards):
        with each.logs.read(each.key) as reader:
            for line, offset in _lines(reader, each):
                index.note(line, offset)
    return index


class OutcomeReader:
    """Random access to the outcomes of a journal by the offsets of an Index."""

    def __init__(self, store: JournalStore) -> None:
        self._store, self._reader = store, store.logs.read(store.key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._reader.__exit__(*error)

    def at(self, offset: int) -> Outcome:
        """Return the outcome whose line starts at `offset`; raise JournalBroken if no outcome starts there."""
        try:
            data = self._reader.line_at(offset)
        except LookupError:
            raise JournalBroken(f"{self._store.key} ends before byte {offset} while it is being read") from None
        line = _LINE.decode(self._store.codec.decode(data, offset))
        if not isinstance(line, Outcome):
            raise JournalBroken(f"byte {offset} of {self._store.key} holds no outcome")
        return line


def _lines(reader: LogReader, store: JournalStore) -> Iterator[tuple[Line, int]]:
    decode = store.codec.decode
    for number, (offset, data) in enumerate(reader.lines(), 1):
        try:
            yield _LINE.decode(decode(data, offset)), offset
        except ValueError as error:  # of msgspec, of UTF-8 and of what was sealed alike
            raise JournalBroken(
                f"{store.key}:{number}: this line is not a journal entry ({error}); restore the file or remove the line"
            ) from error
