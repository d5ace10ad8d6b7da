import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.benchmark.outcome import Kind, Outcome
from resources.lake.journal import Journal, JournalBroken, JournalFull, OutcomeReader, read_index


def text(key: str, cost: float = 0.0) -> Outcome:
    """A final outcome."""
    return Outcome(key=key, kind="text", raw=f"tip {key}", cost=cost)


def test_outcomes_are_found_again_at_their_places(tmp_path: Path) -> None:
    """What was journaled reads back equal, by key, after reopening."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        for key in "abc":
            journal.sent(key)
            journal.done(text(key, 0.5))
    index = read_index(path)
    assert index.final == {"a", "b", "c"}
    assert index.cost == 1.5
    with OutcomeReader(path) as reader:
        assert reader.at(index.places["b"]) == text("b", 0.5)


def test_a_request_without_outcome_was_in_flight(tmp_path: Path) -> None:
    """A kill between sending and answer leaves the key marked."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.sent("a")
        journal.sent("b")
        journal.done(text("a"))
    assert read_index(path).in_flight == {"b"}


@given(st.integers(0, 400))
def test_a_journal_cut_at_any_byte_opens_and_goes_on(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """A torn last line is dropped, everything before it holds, and appending works."""
    path = tmp_path_factory.mktemp("cut") / "journal.jsonl"
    with Journal(path) as journal:
        for key in "abcd":
            journal.sent(key)
            journal.done(text(key))
    data = path.read_bytes()[:cut]
    path.write_bytes(data)
    whole = data[: data.rfind(b"\n") + 1]
    with Journal(path) as journal:
        assert path.read_bytes() == whole
        journal.done(text("z"))
    index = read_index(path)
    assert "z" in index.final
    assert len(index.final) == whole.count(b'"done"') + 1


def test_a_final_outcome_is_never_displaced(tmp_path: Path) -> None:
    """A later transient line neither reopens nor moves a final one."""
    kinds: list[Kind] = ["transient", "text", "transient"]
    with Journal(tmp_path / "j") as journal:
        for kind in kinds:
            journal.done(Outcome(key="a", kind=kind))
        with OutcomeReader(tmp_path / "j") as reader:
            assert reader.at(journal.index.places["a"]).kind == "text"
        assert journal.index.final == {"a"}


def test_a_broken_line_in_the_middle_is_an_error_with_its_number(tmp_path: Path) -> None:
    """Only the last line may be torn; anything else is named, not skipped."""
    path = tmp_path / "j"
    path.write_bytes(b'{"t":"sent","key":"a"}\nnonsense\n{"t":"sent","key":"b"}\n')
    with pytest.raises(JournalBroken, match="j:2"):
        Journal(path)


def test_a_full_disk_is_said_once_and_loses_nothing(tmp_path: Path) -> None:
    """Where the system lets no more bytes through, JournalFull says what to do and whole lines stay."""
    path = tmp_path / "j"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(path) as journal:
        journal.done(text("a"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
        try:
            with pytest.raises(JournalFull, match="free some space"):
                journal.done(text("b"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        journal.done(text("c"))
    assert read_index(path).final == {"a", "c"}
