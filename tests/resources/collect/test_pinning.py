"""What is refused before anything is pinned."""

import pytest

from core.benchmark.model import Model
from core.benchmark.options import OptionError
from core.benchmark.prompt import Prompt
from core.benchmark.spec import Options, Spec
from core.judging.rubric import Criterion, Rubric, Scale
from resources.collect.pinning import check_prices


def _spec(*models: Model) -> Spec:
    return Spec(
        experiment="tip-bench-a",
        source="run",
        options=Options(),
        models=models,
        prompts=(Prompt("p", "1", "x", "chat", ()),),
        cells=((0, 0),),
        scenarios=(),
        rubric=Rubric("r", "1", Scale(1, 5), (Criterion("clear", "x"),)),
        n_tips=1,
        temperature=0.0,
        seed=0,
        failures="worst",
        created_at="2026-01-01T00:00:00+00:00",
    )


def _tape(source: Model | None) -> Model:
    return Model("t", "tape", source=source.name if source else None, source_model=source, tape="t.jsonl")


def test_a_ceiling_needs_the_price_of_what_a_tape_records() -> None:
    """A tape of an unpriced remote model is refused by the model's name, once, beside the model itself."""
    with pytest.raises(OptionError, match=r"the price of remote is not known"):
        check_prices(_spec(_tape(Model("remote", "openai"))))
    with pytest.raises(OptionError, match=r"the price of remote is not known"):
        check_prices(_spec(Model("remote", "openai"), _tape(Model("remote", "openai", price_in=1.0))))


def test_a_ceiling_holds_for_priced_local_and_replayed_models() -> None:
    """Priced sources, local ones and tapes that only replay need no more."""
    priced = Model("remote", "openai", price_in=1.0, price_out=2.0)
    local = Model("own", "openai", local=True)
    check_prices(_spec(priced, _tape(priced), _tape(local), _tape(None), _tape(Model("template", "template"))))
