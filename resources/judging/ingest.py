"""Imports what waits in the inbox: validated, published in one switch, then moved aside; safe to run again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from contracts.storage import Fence
from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from core.redaction import bytes_without_secrets
from resources.home import Home
from resources.judging import inbox
from resources.judging.answer_files import remarks
from resources.judging.importer import LARGEST, Accepted, Rejected, answers_in, too_large
from resources.judging.items import answerable_items
from resources.judging.receiving.arrivals import Arrival, arrivals, settle_accepted, settle_rejected
from resources.judging.scores import Scores, answer_lines


@dataclass
class IngestReport:
    """The files by what became of them.

    `rejected` maps a file's name to its refusal and where its report is, `remarks` one that was imported to what else
    it held.
    """

    accepted: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    rejected: dict[str, tuple[Rejected, str]] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)

    def add(self, other: "IngestReport") -> None:
        """Append what another pass over the inbox found."""
        self.accepted += other.accepted
        self.repeated += other.repeated
        self.rejected |= other.rejected
        self.remarks |= other.remarks


def ingest(
    home: Home,
    spec: Spec,
    kinds: dict[str, JudgeKind],
    *,
    now: str,
    author: str,
    secrets: Sequence[str] = (),
    fence: Fence | None = None,
) -> IngestReport:
    """Import every waiting file, in order of arrival and without these `secrets`; the caller holds the lease.

    A crash before the switch leaves the files waiting; one after it leaves files that are known by their bytes and are
    moved aside as repeated. The switch is under the `fence`; files are moved without, for where one belongs follows
    from its bytes and the ledger, whoever moves it. Raise StaleFence.
    """
    report, name = IngestReport(), spec.experiment
    inbox.take_dropped(home, name)
    waiting = arrivals(home, name)
    if not waiting:
        return report
    scores = Scores(home, name, spec.rubric, fence=fence)
    items, known = answerable_items(home, spec), {source.sha256 for source in scores.sources()}
    taken: list[tuple[Arrival, Accepted]] = []
    for file in waiting:
        try:
            data = _read(home, file, secrets)
            if data is None:
                continue
            if (digest := hashlib.sha256(data).hexdigest()) in known:
                report.repeated.append(file.name)
                again = answers_in(file.name, data, items=items, rubric=spec.rubric) if file.is_upload else None
                settle_accepted(home, name, file, answer_lines(spec.rubric, again.table) if again else None)
                continue
            entry = answers_in(file.name, data, items=items, rubric=spec.rubric)
            taken.append((file, _numbered(entry) if file.is_upload else entry))
            known.add(digest)
        except Rejected as rejected:
            report.rejected[file.name] = (rejected, home.shown(settle_rejected(home, name, file, rejected)))
    if taken:
        scores.publish([entry for _, entry in taken], kinds, at=now, author=author)
    for file, entry in taken:
        report.accepted.append(file.name)
        if said := remarks(entry.read_over, entry.blank):
            report.remarks[file.name] = said
        settle_accepted(home, name, file, answer_lines(spec.rubric, entry.table) if file.is_upload else None)
    return report


def _read(home: Home, file: Arrival, secrets: Sequence[str]) -> bytes | None:
    """Return the bytes of a file, from which these secrets are taken for good; None if it was removed meanwhile.

    Raise Rejected for one that is too large.
    """
    blobs = home.storage.blobs
    if (blobs.size(file.key) or 0) > LARGEST:
        raise too_large(file.name)
    data = blobs.get(file.key)
    if data is not None and secrets and (clean := bytes_without_secrets(data, secrets)) != data:
        blobs.put(file.key, clean)
        return clean
    return data


def _numbered(entry: Accepted) -> Accepted:
    """Return the entry with the lines that its answers have in the file that is kept of it."""
    place = entry.table.schema.get_field_index("line")
    lines = pa.array(range(1, entry.table.num_rows + 1), pa.int64())
    return replace(entry, table=entry.table.set_column(place, "line", lines))
