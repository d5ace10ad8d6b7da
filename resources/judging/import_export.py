"""Steps of judging, each under the writer lock: export folders for judges, import of their answers."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts.storage import Fence
from core.benchmark.records import JudgeKind, JudgeRecord, Record, RoundReady, definitions_of, raters_of
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.judging.programs import PROGRAMS, program_scores
from core.judging.rounds import open_rounds
from resources.bench_context import BenchContext
from resources.judging import inbox
from resources.judging.anchors import due_anchors, open_anchors
from resources.judging.equal_tips import share_items
from resources.judging.exports import ExportResult, last_export, next_export, unanswered
from resources.judging.importer import Accepted
from resources.judging.ingest import IngestReport, ingest
from resources.judging.items import Items
from resources.judging.model_judges.every_answer import inherit_answers
from resources.judging.model_judges.taking import take_model_answers
from resources.judging.receiving.arrivals import receive
from resources.judging.scores import Scores, answers_table, given_scores
from resources.lake.candidates import candidates, taken_from
from resources.lake.lock import writing
from resources.lake.specs import add_records, pinned_spec

PUBLISH_WAIT_S = 60.0
PASSES = 2
"""Passes over the inbox: a batch that a crash left half-way is finished first, what was saved since comes second."""
COLUMNS = ["candidate_id", "cell", "scenario", "outcome", "text", "origin"]
JUDGED = ["candidate_id", "judge"]
ANSWERED = [*JUDGED, "item", "source", "unscorable"]


def export_pending(bench: BenchContext, spec: Spec) -> dict[str, ExportResult]:
    """Bring the folders of every recorded judge who is no program up to date; return them by judge."""
    with _locked(bench, spec, "exporting") as fence:
        records = inherit(bench, spec, fence)
        tips = candidates(bench.home, spec.experiment).table(COLUMNS)
        kinds = answering_outside(records)
        dataset, columns = Scores(bench.home, spec.experiment, spec.rubric), ANSWERED if spec.extends else JUDGED
        scores, again = dataset.in_force(columns), dataset.repeats()
        pending = unanswered(tips, scores, kinds)
        if behind := [judge for judge, own in pending.items() if len(own)]:  # what is answered is an item already
            for judge in behind:
                share_items(bench.home, spec, judge, tips, fence)
            scores = dataset.in_force(columns)  # a tip may have become an item that is answered
            pending = unanswered(tips, scores, kinds)
        exports = {}
        for judge, kind in kinds.items():
            anchors = due_anchors(bench.home, spec, judge, tips, scores, again)
            exports[judge] = next_export(
                bench.home, spec, judge, pending[judge], kind=kind, anchors=anchors, fence=fence
            )
        _ready(bench, spec, records, exports, fence)
        return exports


def _ready(
    bench: BenchContext, spec: Spec, records: list[Record], exports: dict[str, ExportResult], fence: Fence
) -> None:
    """Record for every round that waits for its items the folder that its judge has now."""
    waiting = [r for r in open_rounds(records) if r.export is None]
    found = [(round_.id, exports[round_.judge]) for round_ in waiting if round_.judge in exports]
    numbers = [(id_, int(e.folder.name) if e.folder is not None and e.open else 0) for id_, e in found]
    add_records(bench.home, spec.experiment, [RoundReady(id_, number, bench.now()) for id_, number in numbers], fence)


def open_exports(bench: BenchContext, spec: Spec, records: list[Record]) -> dict[str, ExportResult]:
    """Return the last folder and what is open of every judge on record who is no program; nothing is written."""
    tips = candidates(bench.home, spec.experiment).table(COLUMNS)
    dataset = Scores(bench.home, spec.experiment, spec.rubric)
    scores, again = dataset.in_force(JUDGED), dataset.repeats()
    items = Items(bench.home, spec.experiment)
    found = {}
    for judge, own in unanswered(tips, scores, answering_outside(records)).items():
        pending = own["candidate_id"].to_pylist()
        found[judge] = ExportResult(
            last_export(bench.home, spec.experiment, judge),
            made=False,
            pending=items.count(judge, pending),
            anchors=len(open_anchors(bench.home, spec.experiment, judge, again)),
            tips=len(pending),
        )
    return found


def answering_outside(records: Sequence[Record]) -> dict[str, JudgeKind]:
    """Return the kind of each judge who answers in folders or on pages: no program, and none of the catalog."""
    inside = definitions_of(records)
    return {judge: kind for judge, kind in raters_of(records).items() if kind != "program" and judge not in inside}


def take_scores(bench: BenchContext, spec: Spec) -> IngestReport:
    """Take over scores of what is extended, let programs score, take what models, the inbox and pages have."""
    with _locked(bench, spec, "taking scores") as fence:
        records = inherit(bench, spec, fence)
        kinds, definitions = raters_of(records), definitions_of(records)
        _programs(bench, spec, kinds, fence)
        if definitions:
            tips = candidates(bench.home, spec.experiment).table(COLUMNS)
            take_model_answers(bench.home, spec, definitions, tips, at=bench.now(), fence=fence)
        report, secrets = IngestReport(), bench.secrets()
        for _ in range(PASSES):
            batches = bench.answers.batches(spec.experiment) if bench.answers else []
            for batch in batches:
                receive(bench.home, spec.experiment, inbox.page_file(batch.id), batch.data, batch.saved_at)
            taken = ingest(bench.home, spec, kinds, now=bench.now(), author=bench.author, secrets=secrets, fence=fence)
            report.add(taken)
            if not batches or bench.answers is None:
                break
            refused = [batch.id for batch in batches if inbox.page_file(batch.id) in taken.rejected]
            bench.answers.settle([batch.id for batch in batches if batch.id not in refused], refused)
        return report


def _locked(bench: BenchContext, spec: Spec, purpose: str) -> AbstractContextManager[Fence]:
    return writing(bench.home, spec.experiment, purpose=purpose, now=bench.now(), wait_s=PUBLISH_WAIT_S)


def _programs(bench: BenchContext, spec: Spec, kinds: Mapping[str, JudgeKind], fence: Fence) -> None:
    """Let the programs on record that are here answer what is open; scores of others can only be adopted."""
    for judge, kind in kinds.items():
        if kind != "program" or judge not in PROGRAMS:
            continue
        scores = Scores(bench.home, spec.experiment, spec.rubric, fence=fence)
        tips = candidates(bench.home, spec.experiment).table(COLUMNS)
        rows = unanswered(tips, scores.current(), [judge])[judge].to_pylist()
        if not rows:
            continue
        ids = [row["candidate_id"] for row in rows]
        items = Items(bench.home, spec.experiment, fence=fence)
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


def inherit(bench: BenchContext, spec: Spec, fence: Fence) -> list[Record]:
    """Take over the scores, and their judges, of the generations that were taken over from what this one extends.

    Return the records of this experiment, which are read once for what is done under the lock.
    """
    records = bench.on_record(spec.experiment).records
    old = pinned_spec(bench.home, spec.extends) if spec.extends is not None else None
    if old is None or content_hash(old.rubric) != content_hash(spec.rubric):
        return records
    tips = candidates(bench.home, spec.experiment).table(["candidate_id", "origin"])
    taken = pc.equal(tips["origin"].cast(pa.string()), taken_from(old.experiment))
    own = set(tips.filter(taken)["candidate_id"].to_pylist())
    rows = [
        row
        for row in Scores(bench.home, old.experiment, old.rubric).current().to_pylist()
        if row["candidate_id"] in own
    ]
    known = raters_of(records)
    found: dict[str, JudgeKind] = {row["judge"]: row["kind"] for row in rows}
    pinned = definitions_of(bench.on_record(old.experiment).records)
    new = [
        JudgeRecord(judge, kind, bench.author, bench.now(), definition=pinned.get(judge))
        for judge, kind in found.items()
        if judge not in known
    ]
    add_records(bench.home, spec.experiment, new, fence)
    accepted = []
    items = Items(bench.home, spec.experiment, fence=fence)
    for judge in found:
        theirs = [row for row in rows if row["judge"] == judge]
        ids = [row["candidate_id"] for row in theirs]
        items.add(judge, ids, 0)
        if judge in pinned:
            ours = zip((row["item"] for row in theirs), items.ids(judge, ids), strict=True)
            inherit_answers(bench.home, spec, old.experiment, judge, ours, fence)
        placed = [{**row, "item": item} for row, item in zip(theirs, items.ids(judge, ids), strict=True)]
        values = [_as_answer(spec, row) for row in placed]
        table = answers_table(spec.rubric, values)
        accepted.append(Accepted(old.experiment, judge, f"extends:{old.experiment}", table))
    Scores(bench.home, spec.experiment, spec.rubric, fence=fence).publish(
        accepted, {**known, **found}, at=bench.now(), author=bench.author, inherited=True
    )
    return [*records, *new]


def _as_answer(spec: Spec, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the scores dataset in the form of an answer."""
    scored = row["unscorable"] is None
    return {**row, "scores": given_scores(spec.rubric, row) if scored else None}
