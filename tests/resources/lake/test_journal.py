import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.storage import StaleFence
from core.benchmark.outcome import Kind, Outcome
from resources.lake.journal import Journal, JournalBroken, JournalFull, JournalStore, OutcomeReader, read_index
from resources.storage.local import local_storage
from resources.storage.memory import memory_storage
from tests.journals import journal_at


def text(key: str, cost: float = 0.0) -> Outcome:
    """A final outcome."""
    return Outcome(key=key, kind="text", raw=f"tip {key}", cost=cost)


def test_outcomes_are_found_again_at_their_places(tmp_path: Path) -> None:
    """What was journaled reads back equal, by key, after reopening."""
    path = tmp_path / "journal.jsonl"
    with Journal(journal_at(path)) as journal:
        for key in "abc":
            journal.sent(key)
            journal.done(text(key, 0.5))
    index = read_index(journal_at(path))
    assert index.final == {"a", "b", "c"}
    assert index.cost == 1.5
    with OutcomeReader(journal_at(path)) as reader:
        assert reader.at(index.places["b"]) == text("b", 0.5)


def test_a_request_without_outcome_was_in_flight(tmp_path: Path) -> None:
    """A kill between sending and answer leaves the key marked."""
    path = tmp_path / "journal.jsonl"
    with Journal(journal_at(path)) as journal:
        journal.sent("a")
        journal.sent("b")
        journal.done(text("a"))
    assert read_index(journal_at(path)).in_flight == {"b"}


@given(st.integers(0, 400))
def test_a_journal_cut_at_any_byte_opens_and_goes_on(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """A torn last line is dropped, everything before it holds, and appending works."""
    path = tmp_path_factory.mktemp("cut") / "journal.jsonl"
    with Journal(journal_at(path)) as journal:
        for key in "abcd":
            journal.sent(key)
            journal.done(text(key))
    data = path.read_bytes()[:cut]
    path.write_bytes(data)
    whole = data[: data.rfind(b"\n") + 1]
    with Journal(journal_at(path)) as journal:
        assert path.read_bytes() == whole
        journal.done(text("z"))
    index = read_index(journal_at(path))
    assert "z" in index.final
    assert len(index.final) == whole.count(b'"done"') + 1


def test_a_final_outcome_is_never_displaced(tmp_path: Path) -> None:
    """A later transient line neither reopens nor moves a final one."""
    kinds: list[Kind] = ["transient", "text", "transient"]
    with Journal(journal_at(tmp_path / "j")) as journal:
        for kind in kinds:
            journal.done(Outcome(key="a", kind=kind))
        with OutcomeReader(journal_at(tmp_path / "j")) as reader:
            assert reader.at(journal.index.places["a"]).kind == "text"
        assert journal.index.final == {"a"}


def test_a_broken_line_in_the_middle_is_an_error_with_its_number(tmp_path: Path) -> None:
    """Only the last line may be torn; anything else is named, not skipped."""
    path = tmp_path / "j"
    path.write_bytes(b'{"t":"sent","key":"a"}\nnonsense\n{"t":"sent","key":"b"}\n')
    with pytest.raises(JournalBroken, match="j:2"):
        Journal(journal_at(path))


def test_a_full_disk_is_said_once_and_loses_nothing(tmp_path: Path) -> None:
    """Where the system lets no more bytes through, JournalFull says what to do and whole lines stay."""
    path = tmp_path / "j"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(journal_at(path)) as journal:
        journal.done(text("a"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
        try:
            with pytest.raises(JournalFull, match="free some space"):
                journal.done(text("b"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        journal.done(text("c"))
    assert read_index(journal_at(path)).final == {"a", "c"}


def test_a_journal_lies_in_any_store_and_its_writer_keeps_the_lease(tmp_path: Path) -> None:
    """Here in memory and in a file: whoever lost the lease meanwhile adds no line."""
    for storage in (memory_storage(), local_storage(tmp_path)):
        store = JournalStore(storage.logs, "lake/a/journal.jsonl")
        with storage.leases.hold("lake/a/lock", purpose="collecting", now="now") as fence:
            journal = Journal(store, fence)
            journal.done(text("a"))
        with storage.leases.hold("lake/a/lock", purpose="collecting", now="now"), pytest.raises(StaleFence):
            journal.done(text("b"))
        with journal:
            assert journal.index.final == read_index(store).final == {"a"}
