"""Steps of judging, each under the writer lock: export folders for judges, import of their answers."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts.storage import Fence
from core.benchmark.records import JudgeKind, JudgeRecord, RoundReady, raters_of
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.judging.programs import PROGRAMS, program_scores
from core.judging.rounds import open_rounds
from core.plurals import counted
from core.redaction import bytes_without_secrets
from kit.regular_files import STANDARD_INPUT, read_given
from kit.tables.json_rows import looks_like_json
from resources.bench_context import BenchContext
from resources.judging import inbox
from resources.judging.anchors import due_anchors, open_anchors
from resources.judging.answer_files import remarks
from resources.judging.equal_tips import share_items
from resources.judging.exports import ExportResult, last_export, next_export, unanswered
from resources.judging.importer import LARGEST, Accepted, Rejected, answers_in
from resources.judging.ingest import IngestReport, ingest
from resources.judging.items import Items, all_items
from resources.judging.scores import Scores, answers_table, given_scores
from resources.lake.candidates import candidates, taken_from
from resources.lake.lock import writing
from resources.lake.specs import add_records, pinned_spec, read_records, refuse_archived

PUBLISH_WAIT_S = 60.0
PASSES = 2
"""Passes over the inbox: a batch that a crash left half-way is finished first, what was saved since comes second."""
COLUMNS = ["candidate_id", "cell", "scenario", "outcome", "text", "origin"]
ANSWERED = ["item", "candidate_id", "judge", "source", "unscorable"]


def export_pending(bench: BenchContext, spec: Spec) -> dict[str, ExportResult]:
    """Bring the folders of every recorded judge who is no program up to date; return them by judge."""
    with _locked(bench, spec, "exporting"):
        _inherit(bench, spec)
        tips = candidates(bench.home, spec.experiment).table(COLUMNS)
        kinds = {judge: kind for judge, kind in _kinds(bench, spec).items() if kind != "program"}
        for judge in kinds:
            share_items(bench.home, spec, judge, tips)
        dataset = Scores(bench.home, spec.experiment, spec.rubric)
        scores, again = dataset.in_force(ANSWERED), dataset.repeats()
        exports = {}
        for judge, kind in kinds.items():
            pending = unanswered(tips, scores, judge)
            anchors = due_anchors(bench.home, spec, judge, tips, scores, again)
            exports[judge] = next_export(bench.home, spec, judge, pending, kind=kind, anchors=anchors)
        _ready(bench, spec, exports)
        return exports


def _ready(bench: BenchContext, spec: Spec, exports: dict[str, ExportResult]) -> None:
    """Record for every round that waits for its items the folder that its judge has now."""
    waiting = [r for r in open_rounds(read_records(bench.home, spec.experiment)) if r.export is None]
    found = [(round_.id, exports[round_.judge]) for round_ in waiting if round_.judge in exports]
    numbers = [(id_, int(e.folder.name) if e.folder is not None and e.open else 0) for id_, e in found]
    add_records(bench.home, spec.experiment, [RoundReady(id_, number, bench.now()) for id_, number in numbers])


def open_exports(bench: BenchContext, spec: Spec) -> dict[str, ExportResult]:
    """Return the last folder and what is open of every judge who is no program; nothing is written."""
    tips = candidates(bench.home, spec.experiment).table(COLUMNS)
    dataset = Scores(bench.home, spec.experiment, spec.rubric)
    scores, again = dataset.in_force(ANSWERED), dataset.repeats()
    items = Items(bench.home, spec.experiment)
    found = {}
    for judge in (judge for judge, kind in _kinds(bench, spec).items() if kind != "program"):
        pending = unanswered(tips, scores, judge)["candidate_id"].to_pylist()
        found[judge] = ExportResult(
            last_export(bench.home, spec.experiment, judge),
            made=False,
            pending=items.count(judge, pending),
            anchors=len(open_anchors(bench.home, spec.experiment, judge, again)),
            tips=len(pending),
        )
    return found


def take_scores(bench: BenchContext, spec: Spec) -> IngestReport:
    """Take over scores of what is extended, let programs score, import what waits in the inbox and on pages."""
    with _locked(bench, spec, "taking scores"):
        _inherit(bench, spec)
        _programs(bench, spec)
        report, secrets = IngestReport(), bench.secrets()
        for _ in range(PASSES):
            batches = bench.answers.batches(spec.experiment) if bench.answers else []
            for batch in batches:
                inbox.place(bench.home, spec.experiment, inbox.page_file(batch.id), batch.data, batch.saved_at)
            inbox.redact_waiting(bench.home, spec.experiment, secrets)
            taken = ingest(bench.home, spec, _kinds(bench, spec), now=bench.now(), author=bench.author)
            report.add(taken)
            if not batches or bench.answers is None:
                break
            refused = [batch.id for batch in batches if inbox.page_file(batch.id) in taken.rejected]
            bench.answers.settle([batch.id for batch in batches if batch.id not in refused], refused)
        return report


@dataclass(frozen=True)
class Settled:
    """What became of an offered file, in a sentence."""

    taken: bool
    sentence: str


@dataclass(frozen=True)
class Offer:
    """A file placed in the inbox, the ledger's hashes before it was, and the name under which it was offered."""

    placed: Path
    before: frozenset[str]
    file: str


def offer(bench: BenchContext, spec: Spec, file: Path, judge: str | None) -> Offer:
    """Place a copy of `file` in the inbox; with `judge`, reject it at once if its items are not all that judge's.

    `-` is standard input. Raise Archived if the experiment is archived, NotAFile or FileTooLarge for what is not read.
    """
    refuse_archived(bench.home, spec.experiment)
    data = bytes_without_secrets(read_given(file, LARGEST, ("file",), bench.home.root), bench.secrets())
    if file == STANDARD_INPUT:
        file = Path("stdin.jsonl" if looks_like_json(data) else "stdin.csv")
    before = frozenset(source.sha256 for source in Scores(bench.home, spec.experiment, spec.rubric).sources())
    if judge is not None:
        items = all_items(bench.home, spec.experiment)
        try:
            answers_in(file.name, data, items=items, rubric=spec.rubric, judge=judge)
        except Rejected as rejected:
            return Offer(inbox.put_rejected(bench.home, spec.experiment, file, data, rejected), before, file.name)
    return Offer(inbox.put(bench.home, spec.experiment, file, data), before, file.name)


def settled(bench: BenchContext, spec: Spec, offered: Offer) -> Settled:
    """Return whether the offered file was imported, was known before, was rejected, or still waits."""
    placed = offered.placed
    if placed.exists():
        return Settled(taken=False, sentence=f"{placed} still waits in the inbox: run the import again")
    report = placed.parent / "rejected" / f"{placed.name}.report.txt"
    sources = Scores(bench.home, spec.experiment, spec.rubric).sources()
    new = [source for source in sources if source.name == placed.name and source.sha256 not in offered.before]
    if new:
        judges = ", ".join(sorted({f"{source.judge} ({source.kind})" for source in new}))
        sentences = [f"took {counted(sum(source.rows for source in new), 'answer')} of {judges}"]
        sentences += [remark for source in new for remark in remarks(source.read_over, source.blank)]
        return Settled(taken=True, sentence="; ".join(sentences))
    if (placed.parent / "imported" / placed.name).exists():
        return Settled(taken=True, sentence="these bytes were imported before: nothing changed")
    said = report.read_text("utf-8").rstrip().replace(placed.name, offered.file, 1)
    return Settled(taken=False, sentence=f"{said}\nKept with this report as {report}")


def _locked(bench: BenchContext, spec: Spec, purpose: str) -> AbstractContextManager[Fence]:
    return writing(bench.home, spec.experiment, purpose=purpose, now=bench.now(), wait_s=PUBLISH_WAIT_S)


def _kinds(bench: BenchContext, spec: Spec) -> dict[str, JudgeKind]:
    return raters_of(read_records(bench.home, spec.experiment))


def _programs(bench: BenchContext, spec: Spec) -> None:
    """Let the programs on record that are here answer what is open; scores of others can only be adopted."""
    for judge, kind in _kinds(bench, spec).items():
        if kind != "program" or judge not in PROGRAMS:
            continue
        scores = Scores(bench.home, spec.experiment, spec.rubric)
        tips = candidates(bench.home, spec.experiment).table(COLUMNS)
        rows = unanswered(tips, scores.current(), judge).to_pylist()
        if not rows:
            continue
        ids = [row["candidate_id"] for row in rows]
        items = Items(bench.home, spec.experiment)
        items.add(judge, ids, 0)
        answers = [
            {
                "item": item,
                "candidate_id": row["candidate_id"],
                "scores": program_scores(judge, row["text"], spec.scenarios[row["scenario"]].data, spec.rubric),
                "line": line,
            }
            for line, (item, row) in enumerate(zip(items.ids(judge, ids), rows, strict=True), 1)
        ]
        table = answers_table(spec.rubric, answers)
        accepted = Accepted("program", judge, content_hash([judge, ids]), table)
        scores.publish([accepted], {judge: kind}, at=bench.now(), author="program")


def _inherit(bench: BenchContext, spec: Spec) -> None:
    """Take over the scores, and their judges, of the generations that were taken over from what this one extends."""
    if spec.extends is None:
        return
    old = pinned_spec(bench.home, spec.extends)
    if content_hash(old.rubric) != content_hash(spec.rubric):
        return
    tips = candidates(bench.home, spec.experiment).table(["candidate_id", "origin"])
    taken = pc.equal(tips["origin"].cast(pa.string()), taken_from(spec.extends))
    own = set(tips.filter(taken)["candidate_id"].to_pylist())
    rows = [
        row
        for row in Scores(bench.home, old.experiment, old.rubric).current().to_pylist()
        if row["candidate_id"] in own
    ]
    known = _kinds(bench, spec)
    found: dict[str, JudgeKind] = {row["judge"]: row["kind"] for row in rows}
    new = [JudgeRecord(judge, kind, bench.author, bench.now()) for judge, kind in found.items() if judge not in known]
    add_records(bench.home, spec.experiment, new)
    accepted = []
    items = Items(bench.home, spec.experiment)
    for judge in found:
        theirs = [row for row in rows if row["judge"] == judge]
        ids = [row["candidate_id"] for row in theirs]
        items.add(judge, ids, 0)
        placed = [{**row, "item": item} for row, item in zip(theirs, items.ids(judge, ids), strict=True)]
        values = [_as_answer(spec, row) for row in placed]
        accepted.append(Accepted(spec.extends, judge, f"extends:{spec.extends}", answers_table(spec.rubric, values)))
    Scores(bench.home, spec.experiment, spec.rubric).publish(
        accepted, {**known, **found}, at=bench.now(), author=bench.author, inherited=True
    )


def _as_answer(spec: Spec, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the scores dataset in the form of an answer."""
    scored = row["unscorable"] is None
    return {**row, "scores": given_scores(spec.rubric, row) if scored else None}
