from core.benchmark.records import (
    ArchiveRecord,
    JudgeRecord,
    Record,
    RoundClosed,
    RoundOpened,
    RoundReady,
    UnarchiveRecord,
    is_archived,
    judges_of,
)
from core.judging.rounds import open_rounds, rounds_of


def test_a_round_goes_from_preparing_over_open_to_closed() -> None:
    """Its folder and its end are added by later records."""
    records: list[Record] = [RoundOpened("r1", "anna", "me", "t0")]
    assert [(r.export, r.closed_at) for r in open_rounds(records)] == [(None, None)]
    records.append(RoundReady("r1", 2, "t1"))
    assert [(r.export, r.closed_at) for r in open_rounds(records)] == [(2, None)]
    records.append(RoundClosed("r1", "me", "t2"))
    assert open_rounds(records) == []
    assert [(r.export, r.closed_at) for r in rounds_of(records)] == [(2, "t2")]


def test_of_two_rounds_opened_at_once_the_first_counts() -> None:
    """A judge has one open round; another judge, or the same one after closing, may have the next."""
    records: list[Record] = [
        RoundOpened("r1", "anna", "me", "t0"),
        RoundOpened("r2", "anna", "you", "t0"),
        RoundOpened("r3", "ben", "me", "t1"),
        RoundClosed("r2", "you", "t2"),
        RoundClosed("r1", "me", "t3"),
        RoundOpened("r4", "anna", "me", "t4"),
    ]
    assert [round_.id for round_ in rounds_of(records)] == ["r1", "r3", "r4"]
    assert [round_.id for round_ in open_rounds(records)] == ["r3", "r4"]


def test_the_first_folder_and_the_first_end_count() -> None:
    """A round's items never change, and closing again changes nothing."""
    records: list[Record] = [
        RoundOpened("r1", "anna", "me", "t0"),
        RoundReady("r1", 1, "t1"),
        RoundReady("r1", 2, "t2"),
        RoundClosed("r1", "me", "t3"),
        RoundClosed("r1", "you", "t4"),
        RoundClosed("nobody", "you", "t5"),
    ]
    assert [(r.export, r.closed_at) for r in rounds_of(records)] == [(1, "t3")]


def test_an_experiment_is_archived_as_the_last_record_says() -> None:
    """One record says so, the next takes it back, and it can be archived again."""
    archived, back = ArchiveRecord("me", "t"), UnarchiveRecord("you", "t")
    assert not is_archived([RoundOpened("r1", "anna", "me", "t0")])
    assert is_archived([archived, RoundOpened("r1", "anna", "me", "t0")])
    assert not is_archived([archived, back])
    assert is_archived([archived, back, archived])


def test_of_two_kinds_recorded_at_once_the_first_counts() -> None:
    """A judge's kind never changes, whoever wrote second."""
    assert judges_of([JudgeRecord("anna", "human", "me", "t"), JudgeRecord("anna", "agent", "you", "t")]) == {
        "anna": "human"
    }
