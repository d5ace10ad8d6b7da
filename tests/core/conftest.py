"""A small spec that tests grow from."""

from collections.abc import Callable
from typing import Any

import pytest

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec
from core.judging.rubric import Criterion, Rubric, Scale


def build_spec(**changes: Any) -> Spec:
    """Two models, one prompt, three scenarios, two tips each."""
    prompts = (Prompt("plain", "1", "says what it is", "chat", (PromptMessage("user", "{{ situation }}"),)),)
    fields: dict[str, Any] = {
        "experiment": "tip-bench-small",
        "source": "run",
        "options": Options(models=("template", "other"), n_tips=2, seed=7),
        "models": (Model("template", "template", local=True), Model("other", "template", local=True, version="2")),
        "prompts": prompts,
        "cells": ((0, 0), (1, 0)),
        "scenarios": tuple(Scenario(f"s{n}", "work", "en-GB", {"id": f"s{n}", "text": f"case {n}"}) for n in range(3)),
        "rubric": Rubric("tips", "1", Scale(1, 5), (Criterion("clear", "is it clear"),)),
        "n_tips": 2,
        "temperature": 0.5,
        "seed": 7,
        "failures": "worst",
        "created_at": "2026-01-01T00:00:00+00:00",
    }
    return Spec(**{**fields, **changes})


@pytest.fixture
def make_spec() -> Callable[..., Spec]:
    """A spec with the given fields changed."""
    return build_spec
