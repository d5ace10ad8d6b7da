"""The anchors of an experiment that extends another: which old items a judge is shown again beside its new ones."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts.benchmark.launches import JudgePlanView
from core.benchmark.records import definitions_of, parse_judge, raters_of, refuse_other_tasks
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.judging.anchors import OldItem, choose_anchors, number_of_anchors
from resources.bench_context import BenchContext
from resources.collect.judges import joining_judges, mended_judge_models
from resources.collect.launch import DEFAULT_JUDGE
from resources.home import Home
from resources.judging.export_files import shown
from resources.judging.items import Items
from resources.judging.model_judges.planning import plan_model_judge
from resources.judging.scores import Scores
from resources.lake.candidates import taken_from, taken_over


def open_anchors(home: Home, name: str, judge: str, repeats: pa.Table) -> list[str]:
    """Return the candidates that `judge` was to be shown again and has not answered among `repeats`."""
    ledger = Items(home, name, anchors=True).table(judge)
    answered = pc.is_in(ledger["item"], value_set=repeats["item"].combine_chunks())
    found: list[str] = ledger.filter(pc.invert(answered))["candidate_id"].to_pylist()
    return found


def due_anchors(home: Home, spec: Spec, judge: str, tips: pa.Table, scores: pa.Table, repeats: pa.Table) -> pa.Table:
    """Return the rows of `tips` that go into the judge's next folder again: those still open, and what is missing.

    An experiment has the pinned share of the judge's new items as anchors, drawn from what was taken over with a score
    of that judge; each tip is shown again once. More are drawn only while something new is pending.
    """
    due = open_anchors(home, spec.experiment, judge, repeats)
    if spec.extends and spec.options.anchors:
        due += _drawn(home, spec, judge, tips, scores)
    return tips.filter(pc.is_in(tips["candidate_id"], value_set=pa.array(due, pa.string())))


def _drawn(home: Home, spec: Spec, judge: str, tips: pa.Table, scores: pa.Table) -> list[str]:
    """Return the candidates that become anchors now, besides those in the ledger."""
    own = scores.filter(pc.equal(scores["judge"].cast(pa.string()), judge))
    old = own.filter(pc.equal(own["source"].cast(pa.string()), taken_from(str(spec.extends))))
    new = set(Items(home, spec.experiment).table(judge)["item"].to_pylist()) - set(old["item"].to_pylist())
    if not new - set(own["item"].to_pylist()):
        return []
    known = Items(home, spec.experiment, anchors=True).table(judge)["candidate_id"].to_pylist()
    pool = _pool(spec, tips, old.filter(pc.is_null(old["unscorable"])), known)
    chosen = [item for item in pool if item.key in known]
    wanted = number_of_anchors(spec.options.anchors or 0.0, len(new), len(pool))
    drawn = choose_anchors(pool, wanted - len(chosen), seed=spec.seed, judge=judge, chosen=chosen)
    return [item.key for item in drawn]


def _pool(spec: Spec, tips: pa.Table, old: pa.Table, known: list[str]) -> list[OldItem]:
    """Return the old items by candidate, of tips that look alike in a scenario one, `known` ones first."""
    taken = pc.equal(tips["origin"].cast(pa.string()), taken_from(str(spec.extends)))
    scored = pc.is_in(tips["candidate_id"], value_set=old["candidate_id"].combine_chunks())
    rows: list[dict[str, Any]] = tips.filter(pc.and_(taken, scored)).to_pylist()
    rows.sort(key=lambda row: (row["candidate_id"] not in known, row["candidate_id"]))
    found: dict[tuple[int, str], OldItem] = {}
    for row in rows:
        item = OldItem(row["candidate_id"], row["cell"], row["scenario"])
        found.setdefault((row["scenario"], shown(row["text"])), item)
    return [*found.values()]


def plan_judging(bench: BenchContext, spec: Spec, generations: int, judges: Sequence[str] = ()) -> list[JudgePlanView]:
    """Return what comes to each judge of a drafted or pinned spec of that many generations, if none of them fails.

    The judges are those on record and those named (ID or ID=KIND), else those of what is extended, else the default.
    Raise JudgeConflict or TaskNotOffered where a launch would.
    """
    home, extended = bench.home, bench.on_record(spec.extends) if spec.extends else None
    old = extended.pinned() if extended else None
    before, records = extended.records if extended else [], bench.on_record(spec.experiment).records
    inherited, recorded = raters_of(before), raters_of(records)
    requested = [parse_judge(text) for text in judges]
    refuse_other_tasks([*before, *records], [judge for judge, _ in requested])
    records = [*records, *mended_judge_models(bench, spec, records)]
    joining = joining_judges(bench, requested, records, before)
    definitions = definitions_of(before) | definitions_of(joining) | definitions_of(records)
    known = {record.judge: record.kind for record in joining} | recorded or inherited or dict([DEFAULT_JUDGE])
    answered: dict[str, list[bool]] = {}
    if old and content_hash(old.rubric) == content_hash(spec.rubric):
        scores = Scores(home, old.experiment, old.rubric).current()
        own = pc.is_in(scores["candidate_id"], value_set=pa.array([*taken_over(home, spec)], pa.string()))
        for row in scores.filter(own).select(["judge", "unscorable"]).to_pylist():
            answered.setdefault(row["judge"], []).append(row["unscorable"] is None)
    found = []
    for judge, kind in known.items():
        if judge in definitions:
            taken = answered.get(judge, [])
            found.append(plan_model_judge(bench, spec, judge, definitions[judge], generations, taken))
        elif kind != "program":
            scored = answered.get(judge, [])
            new = generations - len(scored)
            anchors = number_of_anchors(spec.options.anchors or 0.0, new, sum(scored))
            found.append(JudgePlanView(judge, new, anchors))
    return found
