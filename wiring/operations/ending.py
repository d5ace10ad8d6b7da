"""How a run ended: what was collected, why nothing was published, and where that is to be mended."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from core.benchmark.model import Model
from core.sanitize import visible
from resources.bench_context import BenchContext
from resources.collect.collector import Collected
from resources.collect.model_changes import reached_today
from resources.lake.candidates import select_candidates
from resources.lake.specs import pinned_spec
from resources.scoring.checking import run_checks
from wiring.exit_codes import CHECK_FAILED, PARTIAL

SHOWN_REASONS = 3


class NothingPublished(NamedTuple):
    """The exit code, and a sentence for each reason; `correct` names what to correct before the same is tried again.

    It is None where nothing can be tried again, and empty where nothing has to be corrected.
    """

    code: int
    reasons: list[str]
    correct: str | None = None


def why_unpublished(bench: BenchContext, name: str, collected: Collected | None) -> NothingPublished:
    """Return why nothing was published: generations are left, or a check has failed."""
    if collected is not None and collected.left:
        correct = ""
        if collected.misconfigured:
            correct = where_set_up(reached_today(bench, pinned_spec(bench.home, name).models), collected.stopped_models)
        return NothingPublished(PARTIAL, [f"{visible(collected.sentence())}; nothing new is published"], correct)
    return NothingPublished(CHECK_FAILED, failed_checks(bench, name))


def collected_in_words(bench: BenchContext, name: str, collected: Collected) -> list[str]:
    """Return how collecting went, and the most frequent reasons of failures: a wrong key or address is seen at once."""
    taken = f", {collected.taken_over} taken over" if collected.taken_over else ""
    cut = f", {collected.cut} cut off by max_tokens" if collected.cut else ""
    twice = collected.paid_twice()
    said = [
        f"{collected.done} of {collected.expected} generations are final{taken}, {collected.failed} failed or refused"
        f"{cut}, {collected.cost:.6g} USD spent",
        *([twice] if twice else []),
    ]
    if not collected.failed:
        return said
    rows = select_candidates(bench.home, name, {"outcome": "failed"}, None)
    reasons = Counter((row["model"], row["error"] or "no reason") for row in rows).most_common(SHOWN_REASONS)
    return [*said, *(f"failed: {count} × {model}: {visible(error)}" for (model, error), count in reasons)]


def failed_checks(bench: BenchContext, name: str) -> list[str]:
    """Return a sentence for each check that fails as an error."""
    results = run_checks(bench, name)
    return [f"check {r.name} failed: {r.message}" for r in results if not r.passed and r.severity == "error"]


def where_set_up(models: Sequence[Model], stopped: Collection[str]) -> str:
    """Return where those of `models` that stopped are set up: the catalog file and the variables of their keys."""
    wrong = [model for model in models if model.name in stopped]
    variables = {model.endpoint.key_env for model in wrong if model.endpoint and model.endpoint.key_env}
    entries = "their entries" if len(wrong) > 1 else "its entry"
    keys = f" or the key in {', '.join(sorted(variables))}" if variables else ""
    return f"{entries} in catalog/models.toml{keys}"
