"""What a plan says that collecting would cost."""

from pathlib import Path

import pytest

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec
from core.judging.rubric import Criterion, Rubric, Scale
from resources.collect.planning import plan_of
from resources.home import Home

PRICED = Model("remote", "openai", price_in=1.0, price_out=2.0)
MODELS = (
    PRICED,
    Model("tape", "tape", source="remote", source_model=PRICED, tape="t.jsonl"),
    Model("unpriced", "tape", source="x", source_model=Model("x", "openai"), tape="u.jsonl"),
    Model("replayed", "tape", tape="r.jsonl"),
)


def test_a_tape_is_planned_at_its_sources_price(tmp_path: Path) -> None:
    """A priced source counts as if asked, an unpriced one is not known, and without a source nothing is paid."""
    spec = Spec(
        experiment="tip-bench-a",
        source="run",
        options=Options(),
        models=MODELS,
        prompts=(Prompt("p", "1", "x", "chat", (PromptMessage("user", "{{ situation }}"),)),),
        cells=tuple((number, 0) for number in range(len(MODELS))),
        scenarios=(Scenario("s", "work", "en", {"situation": "x"}),),
        rubric=Rubric("r", "1", Scale(1, 5), (Criterion("clear", "x"),)),
        n_tips=2,
        temperature=0.0,
        seed=0,
        failures="worst",
        created_at="2026-01-01T00:00:00+00:00",
    )
    plan = plan_of(Home(tmp_path), spec)
    remote, tape, unpriced, replayed = (cell.cost for cell in plan.cells)
    assert remote is not None
    assert remote > 0
    assert tape == remote
    assert (unpriced, replayed) == (None, 0.0)
    assert plan.money() == f"at most about {2 * remote:.4f} USD and the price of unpriced, not known"
    assert remote == pytest.approx((plan.cells[0].tokens_in + 2 * plan.cells[0].tokens_out) / 1e6)
