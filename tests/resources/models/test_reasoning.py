"""Which models reason before they answer, and which prompts leave too little for it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.benchmark.model import Model
from resources.catalog import KINDS, Layer, load_catalog
from resources.models.reasoning import sign_of_reasoning, too_few_tokens

CATALOG = Path(__file__).parents[3] / "catalog"


def _model(name: str, **more: Any) -> Model:
    return Model(name="mine", provider="openai", model=name, **more)


@pytest.mark.parametrize(
    "name",
    ["o1", "o3-mini", "openai/o4-mini", "gpt-5", "gpt-5-mini", "deepseek-r1:8b", "deepseek-reasoner", "qwen3:4b",
     "Qwen/Qwen3-8B", "qwq-32b", "claude-3-7-sonnet-thinking", "openai/gpt-oss-20b", "magistral-small"],
)  # fmt: skip
def test_names_of_reasoning_models(name: str) -> None:
    """With an owner before it, a size behind it, in any case."""
    assert sign_of_reasoning(_model(name)) == f"its name, {name}, says so"


@pytest.mark.parametrize(
    "name", ["gpt-4o-mini", "gpt-4.1", "claude-haiku-4-5", "llama3.2", "qwen2.5", "gemma3-270m", "pro1"]
)
def test_names_of_other_models(name: str) -> None:
    """Nothing is said of a model that only looks alike."""
    assert sign_of_reasoning(_model(name)) is None


def test_extra_decides_before_the_name() -> None:
    """A field that asks for reasoning is a sign; one that turns it off makes the name count for nothing."""
    assert sign_of_reasoning(_model("any", extra={"reasoning_effort": "high"})) == "its `extra` has reasoning_effort"
    assert sign_of_reasoning(_model("any", extra={"thinking": {"type": "enabled"}})) == "its `extra` has thinking"
    assert sign_of_reasoning(_model("qwen3", extra={"chat_template_kwargs": {"enable_thinking": False}})) is None
    assert sign_of_reasoning(_model("gpt-5", extra={"reasoning_effort": "none"})) is None
    assert sign_of_reasoning(_model("qwen3", extra={"think": False})) is None


def test_a_sentence_names_model_and_prompts() -> None:
    """The packaged prompts allow 60 to 110 tokens; one that allows 1,024 is enough."""
    catalog = load_catalog((Layer("packaged", CATALOG, frozenset(KINDS)),))
    terse, coach = catalog.prompt("terse"), catalog.prompt("coach")
    assert too_few_tokens([_model("qwen3"), _model("gpt-4o")], [terse, coach]) == [
        "model mine reasons before it answers (its name, qwen3, says so), and reasoning counts against max_tokens, "
        "which is small in terse (60), coach (96): its answers may be empty; use prompts with max_tokens of "
        "1024 or more, or turn reasoning off in its `extra`"
    ]
    assert too_few_tokens([_model("qwen3")], [msgspec.structs.replace(terse, max_tokens=1024)]) == []
