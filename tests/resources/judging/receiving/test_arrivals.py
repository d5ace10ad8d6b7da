from pathlib import Path

import pytest

from kit.tables.problems import Problems
from resources.home import Home
from resources.judging.importer import Rejected
from resources.judging.receiving.arrivals import (
    arrivals,
    is_imported,
    receive,
    receive_stored,
    rejected_at_once,
    report_key,
    settle_accepted,
    settle_rejected,
)

NAME = "tip-bench-odd"
AT = "2026-01-01T00:00:00+00:00"
MOMENT = 1_767_225_600.0


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which nothing waits."""
    return Home(tmp_path)


def _rejected() -> Rejected:
    problems = Problems()
    problems.add(1, "it is odd")
    return Rejected("a.jsonl", problems)


def test_files_wait_in_the_order_of_arrival(home: Home) -> None:
    """Those of one moment in the order in which they were received, a later moment behind an earlier one."""
    receive(home, NAME, "late.jsonl", b"l", "2026-01-01T00:00:01+00:00")
    for name in ("z.jsonl", "a.jsonl", "m.csv"):
        receive(home, NAME, name, name.encode(), AT)
    found = arrivals(home, NAME)
    assert [file.name for file in found] == ["z.jsonl", "a.jsonl", "m.csv", "late.jsonl"]
    assert len({file.rank for file in found}) == 4
    assert [home.storage.blobs.get(file.key) for file in found] == [b"z.jsonl", b"a.jsonl", b"m.csv", b"l"]


def test_what_waits_already_keeps_its_rank(home: Home) -> None:
    """A run that was killed receives the same again; other bytes of that name are another file."""
    first = receive(home, NAME, "a.jsonl", b"x", AT)
    assert receive(home, NAME, "a.jsonl", b"x", "2027-01-01T00:00:00+00:00") == first
    other = receive(home, NAME, "a.jsonl", b"y", AT)
    assert arrivals(home, NAME) == [first, other]
    assert other.rank == first.rank + 1


def test_a_stored_body_waits_once(home: Home) -> None:
    """Of two of one name, which has the hash of its bytes, the first is enough; the other stays where it is."""
    blobs = home.storage.blobs
    for key in ("uploads/a.jsonl", "uploads/b.jsonl"):
        blobs.put(key, b"x")
        receive_stored(home, NAME, "hash-upload.jsonl", key, MOMENT)
    assert [file.name for file in arrivals(home, NAME)] == ["hash-upload.jsonl"]
    assert (blobs.get("uploads/a.jsonl"), blobs.get("uploads/b.jsonl")) == (None, b"x")


def test_a_body_that_is_there_no_more_is_not_said_to_wait(home: Home) -> None:
    """Whoever notes that it was received learns that it was not; one that waits already is enough."""
    with pytest.raises(FileNotFoundError):
        receive_stored(home, NAME, "a.jsonl", "uploads/a.jsonl", MOMENT)
    assert arrivals(home, NAME) == []
    home.storage.blobs.put("uploads/a.jsonl", b"x")
    for _ in range(2):
        receive_stored(home, NAME, "a.jsonl", "uploads/a.jsonl", MOMENT)
    assert [file.name for file in arrivals(home, NAME)] == ["a.jsonl"]


def test_an_imported_file_has_its_place(home: Home) -> None:
    """Another one of the same name gets one beside it, the same bytes again do not."""
    for data in (b"x", b"x", b"y"):
        settle_accepted(home, NAME, receive(home, NAME, "a.csv", data, AT))
    assert arrivals(home, NAME) == []
    assert is_imported(home, NAME, "a.csv")
    assert len(home.storage.blobs.list(f"inbox/{NAME}/imported")) == 2


def test_lines_can_be_stored_in_place_of_a_file(home: Home) -> None:
    """They are JSON, whatever the file was."""
    settle_accepted(home, NAME, receive(home, NAME, "a.csv", b"x", AT), b"{}\n")
    assert home.storage.blobs.get(f"inbox/{NAME}/imported/a.jsonl") == b"{}\n"
    assert arrivals(home, NAME) == []


def test_two_files_of_one_name_both_stay(home: Home) -> None:
    """The later one under its hash; the same bytes again are one file."""
    for data in (b"x", b"y", b"x"):
        settle_rejected(home, NAME, receive(home, NAME, "a.jsonl", data, AT), _rejected())
    folder = f"inbox/{NAME}/rejected"
    files = [name for name in home.storage.blobs.list(folder) if name.endswith(".jsonl")]
    assert files[0] == "a.jsonl"
    assert [home.storage.blobs.get(f"{folder}/{name}") for name in files] == [b"x", b"y"]


def test_a_rejected_file_lies_beside_its_report(home: Home) -> None:
    """Also one that never waited."""
    report = settle_rejected(home, NAME, receive(home, NAME, "a.jsonl", b"x", AT), _rejected())
    rejected_at_once(home, NAME, "b.jsonl", b"y", _rejected())
    assert report == report_key(NAME, "a.jsonl")
    for file in ("a.jsonl", "b.jsonl"):
        assert b"it is odd" in (home.storage.blobs.get(report_key(NAME, file)) or b"")
        assert home.storage.blobs.get(f"inbox/{NAME}/rejected/{file}")
    assert arrivals(home, NAME) == []
