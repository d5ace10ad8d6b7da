"""Imports what waits in the inbox: validated, published in one switch, then moved aside; safe to run again."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from resources.home import Home
from resources.judging import inbox
from resources.judging.answer_files import remarks
from resources.judging.importer import LARGEST, Accepted, Rejected, read_answers
from resources.judging.items import all_items
from resources.judging.scores import Scores, answer_lines
from resources.storage.files import sha256_file


@dataclass
class IngestReport:
    """The files by what became of them.

    `rejected` maps a file's inbox name to its refusal and report, `remarks` an imported one's to what else it held.
    """

    accepted: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    rejected: dict[str, tuple[Rejected, Path]] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)

    def add(self, other: "IngestReport") -> None:
        """Append what another pass over the inbox found."""
        self.accepted += other.accepted
        self.repeated += other.repeated
        self.rejected |= other.rejected
        self.remarks |= other.remarks


def ingest(
    home: Home, spec: Spec, kinds: dict[str, JudgeKind], *, now: str, author: str, judges: dict[str, str] | None = None
) -> IngestReport:
    """Import every waiting file; the caller holds the writer lock. `judges` maps a file's name to its required judge.

    A crash before the switch leaves the files waiting; one after it leaves files that are known by their bytes and are
    moved aside as repeated.
    """
    report = IngestReport()
    waiting = inbox.pending(home, spec.experiment)
    if not waiting:
        return report
    scores = Scores(home, spec.experiment, spec.rubric)
    items = all_items(home, spec.experiment)
    taken: list[tuple[Path, Accepted]] = []
    for path in waiting:
        try:
            digest = sha256_file(path) if path.stat().st_size <= LARGEST else ""  # rejected by its size below
            if scores.has(digest) or any(entry.sha256 == digest for _, entry in taken):
                report.repeated.append(path.name)
                again = read_answers(path, items=items, rubric=spec.rubric) if inbox.is_upload(path) else None
                inbox.settle_accepted(path, answer_lines(spec.rubric, again.table) if again else None)
                continue
            wanted = (judges or {}).get(path.name)
            entry = read_answers(path, items=items, rubric=spec.rubric, judge=wanted)
            taken.append((path, _numbered(entry) if inbox.is_upload(path) else entry))
        except FileNotFoundError:  # removed since it was listed
            continue
        except Rejected as rejected:
            report.rejected[path.name] = (rejected, inbox.settle_rejected(path, rejected))
    if taken:
        scores.publish([entry for _, entry in taken], kinds, at=now, author=author)
    for path, entry in taken:
        report.accepted.append(path.name)
        if said := remarks(entry.read_over, entry.blank):
            report.remarks[path.name] = said
        inbox.settle_accepted(path, answer_lines(spec.rubric, entry.table) if inbox.is_upload(path) else None)
    return report


def _numbered(entry: Accepted) -> Accepted:
    """Return the entry with the lines that its answers have in the file that is kept of it."""
    place = entry.table.schema.get_field_index("line")
    lines = pa.array(range(1, entry.table.num_rows + 1), pa.int64())
    return replace(entry, table=entry.table.set_column(place, "line", lines))
