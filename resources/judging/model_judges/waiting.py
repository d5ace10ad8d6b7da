"""Tells whether a board has to wait for a model judge that is at work: a lower kind never stands in for it."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet

import numpy as np

from core.benchmark.records import KINDS, JudgeKind, definitions_of
from core.benchmark.spec import Spec
from core.scoring import checks
from core.scoring.checks import CheckResult
from resources.bench_context import BenchContext
from resources.judging.exports import unanswered
from resources.judging.items import Items
from resources.judging.model_judges.taking import candidates_without_score
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.scoring.tallying import answers_of, generations_of, given_of

COLUMNS = ["candidate_id", "outcome"]


def judged(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether no model judge with open items is of the kind that the board rests on, or shall rest on."""
    definitions = definitions_of(bench.on_record(spec.experiment).records)
    waiting = _waiting(bench, spec, list(definitions)) if definitions else {}
    open_ = {judge: definitions[judge].entry.kind for judge, count in waiting.items() if count}
    if not open_:
        return checks.judged(waiting, ())
    given = given_of(bench.home, spec)
    reached, counts = answers_of(given, spec).cells_by_kind(), generations_of(given, spec)
    texts = set(np.flatnonzero(counts["texts"].sum(axis=1)).tolist())
    rests_on = preferred_kind(reached, texts, open_.values())
    others = [kind for kind in KINDS if reached.get(kind) and kind != rests_on]
    holding = [judge for judge, kind in open_.items() if rests_on in {None, kind}]
    return checks.judged(waiting, holding, others)


def preferred_kind(
    reached: Mapping[JudgeKind, AbstractSet[int]], texts: AbstractSet[int], open_: Collection[JudgeKind] = ()
) -> JudgeKind | None:
    """Return the first kind that scored every cell in `texts`, else the first with any score, None without a score.

    `reached` are the cells in which each kind has scored. No kind lower than one of `open_`, the kinds of the model
    judges with open items, stands in for it.
    """
    last = min(map(KINDS.index, open_), default=len(KINDS) - 1)
    partly = [kind for kind in KINDS[: last + 1] if reached.get(kind)]
    return next((kind for kind in partly if reached[kind] >= texts), partly[0] if partly else None)


def open_kinds(bench: BenchContext, spec: Spec, above: JudgeKind) -> set[JudgeKind]:
    """Return the kinds before `above` of which a model judge has open items; none in an unpacked experiment."""
    state = bench.on_record(spec.experiment)
    kinds = {judge: definition.entry.kind for judge, definition in definitions_of(state.records).items()}
    before = [judge for judge, kind in kinds.items() if KINDS.index(kind) < KINDS.index(above)]
    if not before or state.unpacked is not None:
        return set()
    return {kinds[judge] for judge, count in _waiting(bench, spec, before).items() if count}


def _waiting(bench: BenchContext, spec: Spec, judges: list[str]) -> dict[str, int]:
    """Return how many items of each judge have neither an answer nor the note that they stay without a score."""
    home, name = bench.home, spec.experiment
    tips, found = candidates(home, name).table(COLUMNS), dict[str, int]()
    scores = Scores(home, name, spec.rubric).in_force(["candidate_id", "judge"])
    for judge, rows in unanswered(tips, scores, judges).items():
        without = set(candidates_without_score(home, name, judge))
        own = [candidate for candidate in rows["candidate_id"].to_pylist() if candidate not in without]
        found[judge] = Items(home, name).count(judge, own)
    return found
