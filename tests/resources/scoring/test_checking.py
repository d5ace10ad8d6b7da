"""Checks on what the lake holds."""

import uuid

from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.lake.candidates import candidates
from resources.scoring.checking import identical_tips
from resources.steps.chain import BENCHMARK, run_chain

NAME = "tip-bench-checked"


def test_the_baseline_may_repeat_itself(bench: BenchContext) -> None:
    """Nobody is warned of `template`, which draws from few sentences whatever the catalog is like."""
    spec = launch(bench, NAME, Options(prompts=("terse",), n_tips=8), by_default=True)
    assert run_chain(bench, spec, BENCHMARK, run_id=str(uuid.uuid4())).passed
    texts = candidates(bench.home, NAME).table(["text"])["text"].to_pylist()
    assert len(set(texts)) < len(texts) * 0.8
    found = identical_tips(bench, NAME)
    assert found.passed
    assert found.numbers["tips"] == 0
    assert found.message.endswith("template, made of few sentences, is not counted")
