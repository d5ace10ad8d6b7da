"""Tells whether a board has to wait for a model judge that is at work: a lower kind never stands in for it."""

import numpy as np

from core.benchmark.records import KINDS, definitions_of
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
    """Check whether no model judge with open items comes before every kind that has scored all cells with a text."""
    definitions = definitions_of(bench.on_record(spec.experiment).records)
    waiting = _waiting(bench, spec, list(definitions)) if definitions else {}
    holding = [judge for judge, count in waiting.items() if count]
    if holding:
        given = given_of(bench.home, spec)
        reached, counts = answers_of(given, spec).cells_by_kind(), generations_of(given, spec)
        texts = set(np.flatnonzero(counts["texts"].sum(axis=1)).tolist())
        whole = next((place for place, kind in enumerate(KINDS) if reached.get(kind, set()) >= texts), len(KINDS))
        holding = [judge for judge in holding if KINDS.index(definitions[judge].entry.kind) <= whole]
    return checks.judged(waiting, holding)


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
