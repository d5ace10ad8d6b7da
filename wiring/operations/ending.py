"""How a run ended: what was collected, why nothing was published, and where that is to be mended."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from core.benchmark.model import Model
from core.benchmark.outcome import spent_in_words
from core.benchmark.spec import Spec
from core.sanitize import visible
from resources.bench_context import BenchContext
from resources.collect.model_changes import reached_today
from resources.collect.pinning import unpriced
from resources.lake.candidates import select_candidates
from resources.scoring.checking import run_checks
from resources.steps.result import StepResult
from wiring.exit_codes import CHECK_FAILED, PARTIAL

SHOWN_REASONS = 3


class NothingPublished(NamedTuple):
    """The exit code, and a sentence for each reason; `correct` names what to correct before the same is tried again.

    It is None where nothing can be tried again, and empty where nothing has to be corrected.
    """

    code: int
    reasons: list[str]
    correct: str | None = None


def why_unpublished(bench: BenchContext, name: str, collected: StepResult | None) -> NothingPublished:
    """Return why nothing was published: generations are left, or a check has failed."""
    stopped = [visible(collected.refused)] if collected is not None and collected.refused else []
    if collected is not None and collected.left:
        correct = ""
        if collected.stopped is not None:
            correct = where_set_up(reached_today(bench, bench.on_record(name).pinned().models), collected.stopped)
        return NothingPublished(PARTIAL, [*stopped, f"{visible(collected.left)}; nothing new is published"], correct)
    return NothingPublished(CHECK_FAILED, [*stopped, *failed_checks(bench, bench.on_record(name).pinned())])


def collected_in_words(bench: BenchContext, name: str, collected: StepResult) -> list[str]:
    """Return how collecting went, and the most frequent reasons of failures: a wrong key or address is seen at once."""
    n = collected.counts
    taken = f", {n['taken_over']} taken over" if n["taken_over"] else ""
    cut = f", {n['cut_off']} cut off by max_tokens" if n["cut_off"] else ""
    spent = spent_in_words(n["cost_usd"], n["unsaid_usd"], unpriced(bench.on_record(name).pinned().models))
    said = [
        f"{n['done']} of {n['expected']} generations are final{taken}, {n['failed_or_refused']} failed or refused"
        f"{cut}, {spent}",
        *(str(sentence) for sentence in collected.done.values()),
    ]
    if not n["failed_or_refused"]:
        return said
    rows = select_candidates(bench.home, name, {"outcome": "failed"}, None)
    reasons = Counter((row["model"], row["error"] or "no reason") for row in rows).most_common(SHOWN_REASONS)
    return [*said, *(f"failed: {count} × {model}: {visible(error)}" for (model, error), count in reasons)]


def failed_checks(bench: BenchContext, spec: Spec) -> list[str]:
    """Return a sentence for each check that fails as an error."""
    results = run_checks(bench, spec)
    return [f"check {r.name} failed: {r.message}" for r in results if not r.passed and r.severity == "error"]


def where_set_up(models: Sequence[Model], stopped: Collection[str]) -> str:
    """Return where those of `models` that stopped are set up: the catalog file and the variables of their keys."""
    wrong = [model for model in models if model.name in stopped]
    variables = {model.endpoint.key_env for model in wrong if model.endpoint and model.endpoint.key_env}
    entries = "their entries" if len(wrong) > 1 else "its entry"
    keys = f" or the key in {', '.join(sorted(variables))}" if variables else ""
    return f"{entries} in catalog/models.toml{keys}"
