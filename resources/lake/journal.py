"""The append-only journal of an experiment: every request sent and every outcome, one line each, never rewritten."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

import msgspec

from core.benchmark.outcome import Outcome, Reopened, Sent
from core.expected_error import ExpectedError
from resources.storage.files import CHUNK, whole_lines

Line = Sent | Reopened | Outcome
_LINE = msgspec.json.Decoder(Line)
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
    """One writer's open journal; the caller holds its lock. Use as a context manager.

    `codec` says how its lines stand in the file, for its readers too; it goes on from what another one held `before`.
    """

    def __init__(self, path: Path, codec: LineCodec = PLAIN, before: Index | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self._codec = path, codec
        self.index = before or Index()
        self.index.places.clear()  # they are those of another file
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            for line, offset in _lines(path, codec):
                self.index.note(line, offset)
            self._cut_torn_tail()
        except BaseException:
            os.close(self._handle)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sync()
        os.close(self._handle)

    def sent(self, key: str) -> None:
        """Append that a request with this key is about to be sent."""
        self._append(Sent(key))

    def done(self, outcome: Outcome) -> None:
        """Append the outcome of a generation; raise JournalFull."""
        self._append(outcome)

    def reopen(self, key: str) -> None:
        """Append that a final failure may be requested again; raise JournalFull."""
        self._append(Reopened(key))

    def take_over(self, other: Path) -> None:
        """Append every line of another journal; raise JournalFull, or JournalBroken for one that cannot be read."""
        for line, _ in _lines(other, self._codec):
            self._append(line)

    def sync(self) -> None:
        """Make everything so far survive the loss of the host; blocks for the disk."""
        os.fsync(self._handle)

    def _append(self, line: Line) -> None:
        data = self._codec.encode(_encode(line), self.index.size) + b"\n"
        try:
            written = os.write(self._handle, data)
            if written < len(data):
                os.ftruncate(self._handle, self.index.size)
                raise OSError(28, "short write")  # noqa: TRY301  # the handler below makes both cases one error
        except OSError as error:
            raise JournalFull(
                f"cannot write {self.path}: {error.strerror}; what was collected is kept, free some space and run again"
            ) from error
        self.index.note(line, self.index.size)
        self.index.size += len(data)

    def _cut_torn_tail(self) -> None:
        size = os.fstat(self._handle).st_size
        whole = whole_lines(self._handle)
        if whole < size:
            os.ftruncate(self._handle, whole)
        self.index.size = whole


def read_index(path: Path, codec: LineCodec = PLAIN, *, shards: Sequence[Path] = ()) -> Index:
    """Return the index of a journal as it is now, for readers; empty if there is no file.

    `shards` are the journals that it does not hold yet; offsets of their keys are those in their own file. A torn last
    line is not counted. Raise JournalBroken for another line that cannot be read.
    """
    index = Index()
    for each in (path, *shards):
        if each.exists():
            for line, offset in _lines(each, codec):
                index.note(line, offset)
    return index


class OutcomeReader:
    """Random access to the outcomes of a journal by the offsets of an Index."""

    def __init__(self, path: Path, codec: LineCodec = PLAIN) -> None:
        self._file, self._codec = path.open("rb") if path.exists() else None, codec

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def at(self, offset: int) -> Outcome:
        """Return the outcome whose line starts at `offset`; raise JournalBroken if no outcome starts there."""
        if self._file is None:
            raise JournalBroken("the journal is missing while it is being read")
        self._file.seek(offset)
        line = _LINE.decode(self._codec.decode(self._file.readline().rstrip(b"\n"), offset))
        if not isinstance(line, Outcome):
            raise JournalBroken(f"byte {offset} of {self._file.name} holds no outcome")
        return line


def _lines(path: Path, codec: LineCodec) -> Iterator[tuple[Line, int]]:
    offset = 0
    with path.open("rb", buffering=CHUNK) as file:
        for number, data in enumerate(file, 1):
            if not data.endswith(b"\n"):
                return
            try:
                yield _LINE.decode(codec.decode(data[:-1], offset)), offset
            except ValueError as error:  # of msgspec, of UTF-8 and of what was sealed alike
                raise JournalBroken(
                    f"{path}:{number}: this line is not a journal entry ({error}); restore the file or remove the line"
                ) from error
            offset += len(data)
