"""What every implementation of contracts.storage.Logs does."""

import pytest

from contracts.storage import Segment, Storage

KEY = "lake/tip-bench-a/journal.jsonl"


def lines(storage: Storage, start: int = 0) -> list[tuple[int, bytes]]:
    """Return the lines of the log."""
    with storage.logs.read(KEY) as reader:
        return list(reader.lines(start))


def test_lines_come_back_in_order_with_their_places(storage: Storage) -> None:
    """From any line on; empty ones too, and ones that hold other ends of lines."""
    written = [b"one", b"", b"a\rb\x0bc", b"four"]
    with storage.logs.open(KEY) as log:
        places = [log.append(line) for line in written]
        assert log.size == sum(map(len, written)) + 4
    assert places == [0, 4, 5, 11]
    assert lines(storage) == list(zip(places, written, strict=True))
    assert lines(storage, 5) == lines(storage)[2:]
    with storage.logs.read(KEY) as reader:
        assert [reader.line_at(place) for place in reversed(places)] == written[::-1]
        with pytest.raises(LookupError):
            reader.line_at(16)


def test_without_a_log_there_are_no_lines(storage: Storage) -> None:
    """Reading makes none."""
    with storage.logs.read(KEY) as reader:
        assert (list(reader.lines()), reader.segments()) == ([], [])
        with pytest.raises(LookupError):
            reader.line_at(0)
    assert storage.blobs.size(KEY) is None


def test_a_log_goes_on_where_it_ended(storage: Storage) -> None:
    """The next writer appends behind the last; a log of one segment is a blob too."""
    for line in (b"a", b"b"):
        with storage.logs.open(KEY) as log:
            log.append(line)
    assert storage.blobs.get(KEY) == b"a\nb\n"


def test_a_reader_sees_what_is_appended_while_it_is_open(storage: Storage) -> None:
    """At its next look, without a sync."""
    log = storage.logs.open(KEY)
    log.append(b"a")
    with storage.logs.read(KEY) as reader:
        assert list(reader.lines()) == [(0, b"a")]
        log.append(b"b")
        assert list(reader.lines(2)) == [(2, b"b")]
        assert reader.line_at(2) == b"b"
    log.close()


def test_a_sealed_segment_never_changes_again(storage: Storage) -> None:
    """What follows is in the next one; places count through, also for a writer that comes later."""
    with storage.logs.open(KEY) as log:
        log.append(b"one")
        log.seal()
        log.seal()
        log.append(b"two")
        sealed = storage.blobs.tag(KEY)
    with storage.logs.open(KEY) as log:
        assert log.append(b"three") == 8
        log.seal()
    with storage.logs.open(KEY) as log:
        assert log.size == 14
        log.append(b"four")
    assert storage.blobs.tag(KEY) == sealed
    assert lines(storage) == [(0, b"one"), (4, b"two"), (8, b"three"), (14, b"four")]
    assert lines(storage, 8) == lines(storage)[2:]
    with storage.logs.read(KEY) as reader:
        assert reader.segments() == [Segment(0, 4, True), Segment(4, 10, True), Segment(14, 5, False)]
        assert [reader.line_at(place) for place in (14, 4, 0)] == [b"four", b"two", b"one"]


def test_a_line_holds_no_newline(storage: Storage) -> None:
    """It would be two."""
    with storage.logs.open(KEY) as log, pytest.raises(ValueError, match="newline"):
        log.append(b"a\nb")
    assert lines(storage) == []
