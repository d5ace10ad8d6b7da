"""What is on record of checks that failed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from core.scoring.checks import CheckResult
from kit.times import iso
from resources.announcements.failed_checks import MOST, NEWEST, check_marks, check_records, note_checks
from resources.home import Home
from resources.lake.leaderboards import publish
from resources.lake.lock import writing

NAME = "tip-bench-a"


@dataclass(frozen=True)
class Checked:
    """A home in which checks are noted, each a second after the one before."""

    home: Home
    now: Callable[[], str]

    def note(self, *results: CheckResult, strict: bool = False) -> None:
        """Note the results of one run of the checks."""
        note_checks(self.home, NAME, results, self.now, strict=strict)

    def noted(self) -> list[tuple[str, bool]]:
        """The checks on record in the order of their times, and whether they passed."""
        found = sorted((each for _, each in check_records(self.home, NAME)), key=lambda each: each.at)
        return [(each.check, each.passed) for each in found]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """A home without any record."""
    seconds = count(1_800_000_000)
    return Checked(Home(tmp_path / "home"), lambda: iso(float(next(seconds))))


def gate(value: float, limit: float = 3.0, cell: str = "m/p") -> CheckResult:
    """Return what a limit found."""
    numbers: dict[str, int | float] = {"value": value, "limit": limit}
    return CheckResult("min_score", value >= limit, "error", "", numbers, cell=cell)


def test_a_failure_is_on_record_until_its_check_passes(checked: Checked) -> None:
    """Return one record for however many runs on the same data, none for what never failed."""
    checked.note(gate(4.0))
    assert check_marks(checked.home, NAME) == {}
    for _ in range(3):
        checked.note(gate(2.0))
    failed = check_marks(checked.home, NAME)
    for _ in range(2):
        checked.note(gate(4.0))
    checked.note(gate(2.0))
    assert checked.noted() == [("min_score", False), ("min_score", True), ("min_score", False)]
    assert len(failed) == 1
    assert check_marks(checked.home, NAME) != failed


def test_other_data_are_another_failure(checked: Checked) -> None:
    """Take another count or leaderboard as news, and say which leaderboard was current."""
    checked.note(gate(2.0))
    checked.note(gate(1.0))
    with writing(checked.home, NAME, purpose="publish", now=checked.now()) as fence:
        publish(checked.home, NAME, "a" * 64, checked.now(), {"leaderboard.json": b"[]"}, fence)
    for _ in range(2):
        checked.note(gate(1.0))
    hashes = [each.data_hash for _, each in check_records(checked.home, NAME)]
    assert hashes == [None, None, "a" * 64]


def test_another_limit_or_cell_is_another_question(checked: Checked) -> None:
    """Leave a failure as it is where the same check passes for others, as of two jobs with limits of their own."""
    for _ in range(2):
        checked.note(gate(2.0))
        checked.note(gate(2.0, limit=1.0))
        checked.note(gate(4.0, cell="other/p"))
        checked.note(replace_other(gate(4.0), "tip-bench-old"))
    assert checked.noted() == [("min_score", False)]


def replace_other(result: CheckResult, other: str) -> CheckResult:
    """Return the result as of a check against another experiment."""
    return CheckResult(result.name, result.passed, "error", "", result.numbers, cell=result.cell, other=other)


def test_warnings_count_where_they_fail_the_command(checked: Checked) -> None:
    """Note a warning with strict alone, and what is undecided never, which ends no failure either."""
    warned = CheckResult("coverage", passed=False, severity="warning", message="", numbers={"below": 1})
    unknown = CheckResult("against", passed=False, severity="error", message="", undecided=True)
    checked.note(warned, unknown)
    assert checked.noted() == []
    checked.note(warned, unknown, strict=True)
    checked.note(warned, unknown)
    assert checked.noted() == [("coverage", False)]


def test_a_home_has_a_bounded_number_of_records(checked: Checked) -> None:
    """Drop old records of a question, then the questions that were answered longest ago."""
    for value in range(2 * NEWEST):
        checked.note(gate(float(value), limit=1_000.0))
    assert len(checked.noted()) == NEWEST
    checked.note(*(gate(-1.0, limit=float(limit)) for limit in range(MOST)))
    left = [each for _, each in check_records(checked.home, NAME)]
    assert len(left) == MOST
    assert {each.numbers["limit"] for each in left} == set(map(float, range(MOST)))


def test_a_home_that_cannot_be_written_is_checked_all_the_same(
    checked: Checked, caplog: pytest.LogCaptureFixture
) -> None:
    """Say in one line that nothing is on record; here a file stands where the folder would be."""
    folder = checked.home.experiment(NAME)
    folder.mkdir(parents=True)
    (folder / "failed_checks").write_text("", "utf-8")
    with caplog.at_level(logging.WARNING):
        checked.note(gate(2.0))
    assert [record.message for record in caplog.records] == [f"failed checks of {NAME} are not on record: File exists"]


def test_a_damaged_record_is_followed_by_another(checked: Checked) -> None:
    """Read the others, and note the failure anew; a limit that is no number leaves none in the record."""
    checked.note(gate(2.0), gate(2.0, limit=float("inf")))
    for file, _ in list(check_records(checked.home, NAME)):
        checked.home.storage.blobs.put(checked.home.key(NAME, "failed_checks", file), b"{")
    assert checked.noted() == []
    for _ in range(2):
        checked.note(gate(2.0))
    assert checked.noted() == [("min_score", False)]


def test_of_two_processes_one_writes(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the other one write between look and record: its answer is the same, so that there is one."""
    blobs = checked.home.storage.blobs
    put = blobs.put_if_absent

    def second(key: str, data: bytes) -> bool:
        monkeypatch.undo()
        assert put(key, data)
        return put(key, data)

    monkeypatch.setattr(blobs, "put_if_absent", second)
    checked.note(gate(2.0))
    assert checked.noted() == [("min_score", False)]
