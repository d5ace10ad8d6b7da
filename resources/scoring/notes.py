"""Says in sentences what a reader must know of a leaderboard, the published one or one by chosen judges."""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from core.benchmark.records import KINDS, JudgeKind, is_default_baseline, latency_notes, raters_of
from core.scoring.judge_effects import judge_notes
from resources.bench_context import BenchContext
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.report.judged_by import adopted_sentence, other_kinds_sentence
from resources.report.next_step import baseline_sentence, next_step
from resources.report.result import result_sentence
from resources.scoring.computing import Computed
from resources.scoring.drifts import drift_notes, drifts
from resources.scoring.estimator_change import estimator_note
from resources.scoring.origins import origins_of


def notes_of(bench: BenchContext, computed: Computed, on_judges: list[str] | None = None) -> list[str]:
    """Return sentences on the result, who judged, how the judges differ, the baseline, and what to do next.

    Where nobody has scored, only what to do next. Scores that came with adopted outputs are named; of judges who were
    handed out tips here only how they differ. `on_judges` is what `notes_on_judges` returned, if it was called before.
    """
    spec, rows, records = computed.spec, computed.rows, computed.records
    baseline = computed.query.cells[computed.query.baseline]
    step = next_step(spec, rows, baseline)
    if not any(row.score is not None for row in rows):
        return [step]
    origins = origins_of(bench.home, spec, computed.shown.judges)
    sentences = [
        result_sentence(rows),
        other_kinds_sentence(other_kinds(computed)),
        adopted_sentence(rows, computed.shown.judges, origins),
        *(notes_on_judges(bench, computed) if on_judges is None else on_judges),
        estimator_note(bench.home, computed),
        *latency_notes(records),
        baseline_sentence(spec.experiment, rows, baseline) if is_default_baseline(records) else "",
        step,
    ]
    return [sentence for sentence in sentences if sentence]


def notes_on_judges(bench: BenchContext, computed: Computed) -> list[str]:
    """Return sentences on how the shown judges differ, and on the drift of each who was shown old items again."""
    return [*judge_notes(computed.query, computed.tally), *_drift_notes(bench, computed)]


def _drift_notes(bench: BenchContext, computed: Computed) -> list[str]:
    spec, shown = computed.spec, pa.array([*computed.shown.judges], pa.string())
    scores = Scores(bench.home, spec.experiment, spec.rubric)
    repeats = scores.repeats()
    repeats = repeats.filter(pc.is_in(repeats["judge"].cast(pa.string()), value_set=shown))
    if not len(repeats):
        return []
    tips = candidates(bench.home, spec.experiment).table(["candidate_id", "scenario"])
    return drift_notes(drifts(spec.rubric, scores.current(), repeats, tips))


def other_kinds(computed: Computed) -> dict[JudgeKind, int]:
    """Return how many answers judges of each kind that is not shown have given, in the order of the kinds."""
    known = raters_of(computed.records)
    counts: Counter[JudgeKind] = Counter()
    for judge, count in computed.answered.items():
        kind = known.get(judge)
        if kind is not None and kind != computed.shown.kind:
            counts[kind] += count
    return {kind: counts[kind] for kind in KINDS if counts[kind]}
