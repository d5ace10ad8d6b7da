"""Reports as they are stored and listed."""

from pathlib import Path

import pytest

from contracts.paging import InvalidCursor, PageRequest
from kit.times import start_of
from resources.lake.broken import LakeBroken
from resources.policy_reports.stored import (
    RETENTION_S,
    StoredPolicyReports,
    prune_reports,
    report_days,
    store_report,
)
from tests.contracts.backends import BACKENDS
from tests.resources.policy_reports.reports import a_report

DAYS = [f"2026-11-{day:02}" for day in (28, 3, 27)]


def test_reports_are_listed_from_the_newest(tmp_path: Path) -> None:
    """In pages that follow each other; a cursor that is no day is refused, and a damaged report is an error."""
    storage = BACKENDS["memory"](tmp_path)
    reports = StoredPolicyReports(storage)
    assert reports.page(PageRequest(first=2)).rows == []
    for day in DAYS:
        store_report(storage, a_report(day))
    newest = reports.page(PageRequest(first=2))
    assert ([report.day for report in newest.rows], newest.more) == (["2026-11-28", "2026-11-27"], True)
    assert newest.count is not None
    assert newest.count() == 3
    rest = reports.page(PageRequest(first=2, after=newest.keys[-1]))
    assert (rest.rows, rest.more) == ([a_report("2026-11-03")], False)
    with pytest.raises(InvalidCursor):
        reports.page(PageRequest(after=(4,)))
    storage.blobs.put("policy_reports/2026-11-28.json", b"{")
    with pytest.raises(LakeBroken, match=r"2026-11-28\.json cannot be read"):
        reports.page(PageRequest(first=1))


def test_reports_go_with_what_they_were_made_of(tmp_path: Path) -> None:
    """All files of a day after 400 days, and no later one's; what is no report's name stays as it is."""
    storage = BACKENDS["memory"](tmp_path)
    for day in DAYS:
        store_report(storage, a_report(day))
    storage.blobs.put("policy_reports/readme", b"mine")
    now = start_of("2026-11-27") + RETENTION_S
    assert [prune_reports(storage, at) for at in (now, now)] == [1, 0]
    assert report_days(storage) == ["2026-11-28", "2026-11-27"]
    assert len(storage.blobs.list("policy_reports")) == 7
