"""What every implementation of contracts.storage.Logs does."""

import pytest

from contracts.storage import StaleFence, Storage

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
        assert list(reader.lines()) == []
        with pytest.raises(LookupError):
            reader.line_at(0)
    assert storage.blobs.size(KEY) is None


def test_a_log_goes_on_where_it_ended(storage: Storage) -> None:
    """The next writer appends behind the last; a log is a blob too."""
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


def test_a_log_is_cut_back_to_a_line_and_goes_on_there(storage: Storage) -> None:
    """One that is shorter, or not there, stays as it is; under a fence that is stale nothing is cut."""
    with storage.logs.open(KEY) as log:
        for line in (b"one", b"two", b"three"):
            log.append(line)
    storage.logs.cut(KEY, 8)
    storage.logs.cut(KEY, 20)
    storage.logs.cut("lake/none", 0)
    assert (storage.blobs.size(KEY), storage.blobs.size("lake/none")) == (8, None)
    with storage.leases.hold("lock", purpose="x", now="now") as old:
        storage.logs.cut(KEY, 4, old)
    with storage.leases.hold("lock", purpose="x", now="now"), pytest.raises(StaleFence):
        storage.logs.cut(KEY, 0, old)
    with storage.logs.open(KEY) as log:
        assert log.append(b"next") == 4
    assert lines(storage) == [(0, b"one"), (4, b"next")]


def test_a_line_holds_no_newline(storage: Storage) -> None:
    """It would be two."""
    with storage.logs.open(KEY) as log, pytest.raises(ValueError, match="newline"):
        log.append(b"a\nb")
    assert lines(storage) == []
