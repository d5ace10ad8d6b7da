"""Reports as they are stored: one a day below `policy_reports` of the home, as JSON, text and plot."""

from contracts.paging import InvalidCursor, Page, PageRequest
from contracts.storage import Storage
from contracts.tips.policy_report import PolicyReport
from kit.times import day_of
from resources.lake.broken import read_value
from resources.policy_reports.scatter import scatter_file
from resources.policy_reports.text import report_text
from resources.storage.files import pretty

FOLDER = "policy_reports"
RETENTION_S = 400 * 86_400.0
"""As long as the published decisions: a report of an older day could not be made again."""


def store_report(storage: Storage, report: PolicyReport) -> str:
    """Store a day's report over the one before; return the key of its JSON, which is written last."""
    key = f"{FOLDER}/{report.day}"
    storage.blobs.put(f"{key}.md", report_text(report).encode())
    storage.blobs.put(f"{key}.svg", scatter_file(report).encode())
    storage.blobs.put(f"{key}.json", pretty(report))
    return f"{key}.json"


def stored_report(storage: Storage, day: str) -> PolicyReport | None:
    """Return a day's report, None without one; raise LakeBroken if its file is damaged."""
    return read_value(storage.blobs, f"{FOLDER}/{day}.json", PolicyReport)


def report_days(storage: Storage) -> list[str]:
    """Return the days that have a report, the newest first."""
    names = storage.blobs.list(FOLDER)
    return sorted((name.removesuffix(".json") for name in names if name.endswith(".json")), reverse=True)


def prune_reports(storage: Storage, now: float) -> int:
    """Delete the reports of days past their time at `now`, in Unix seconds; return of how many days."""
    before = day_of(now - RETENTION_S)
    old = [name for name in storage.blobs.list(FOLDER) if name.partition(".")[0] < before]
    for name in old:
        storage.blobs.delete(f"{FOLDER}/{name}")
    return len({name.partition(".")[0] for name in old})


class StoredPolicyReports:
    """Implements contracts.tips.policy_report.PolicyReports on the reports of a home."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def page(self, request: PageRequest) -> Page[PolicyReport]:
        """Return reports, the newest day first; raise InvalidCursor, and LakeBroken for a damaged one."""
        days = report_days(self._storage)
        rest = days
        if request.after is not None:
            after = request.after[0]
            if not isinstance(after, str):
                raise InvalidCursor
            rest = [day for day in days if day < after]
        shown = rest[: request.first]
        found = [stored_report(self._storage, day) for day in shown]
        rows = [report for report in found if report is not None]
        return Page(rows, [(report.day,) for report in rows], len(rest) > len(shown), lambda: len(days))
