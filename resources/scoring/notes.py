"""Says in sentences what a reader must know of a leaderboard, the published one or one by chosen judges."""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from core.benchmark.records import KINDS, JudgeKind, judges_of, latency_notes
from core.scoring.judge_effects import judge_notes
from resources.bench_context import BenchContext
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.specs import read_records
from resources.report.result import other_kinds_sentence, result_sentence
from resources.scoring.computing import Computed
from resources.scoring.drifts import drift_notes, drifts


def notes_of(bench: BenchContext, computed: Computed, on_judges: list[str] | None = None) -> list[str]:
    """Return sentences on the result, other kinds of judges, the shown judges themselves, and marked latencies.

    Empty where nobody has scored. `on_judges` is what `notes_on_judges` returned, if it was asked before.
    """
    if not any(row.score is not None for row in computed.rows):
        return []
    others = other_kinds_sentence(other_kinds(bench, computed))
    judges = notes_on_judges(bench, computed) if on_judges is None else on_judges
    slowed = latency_notes(read_records(bench.home, computed.spec.experiment))
    return [result_sentence(computed.rows), *([others] if others else []), *judges, *slowed]


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


def other_kinds(bench: BenchContext, computed: Computed) -> dict[JudgeKind, int]:
    """Return how many answers judges of each kind that is not shown have given, in the order of the kinds."""
    known = judges_of(read_records(bench.home, computed.spec.experiment))
    counts: Counter[JudgeKind] = Counter()
    for judge, count in computed.answers.by_judge().items():
        kind = known.get(judge)
        if kind is not None and kind != computed.shown.kind:
            counts[kind] += count
    return {kind: counts[kind] for kind in KINDS if counts[kind]}
