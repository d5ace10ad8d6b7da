"""Repeating an experiment: all that it pinned, other seeds, the same judges, and nothing taken over."""

from pathlib import Path

import msgspec
import pytest

from core.benchmark.grid import grid
from core.benchmark.options import OptionError
from core.benchmark.records import raters_of
from core.benchmark.spec import Options, Spec, SpecMismatch
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.collect.repeating import repeat, repeated
from resources.lake.specs import NotPinned

OLD, NEW = "tip-bench-old", "tip-bench-new"


@pytest.fixture
def old(bench: BenchContext) -> Spec:
    """A launched experiment of two prompts that a person and a program judge."""
    options = Options(models=("template",), n_scenarios=3, prompts=("terse", "coach"), max_cost=1.0)
    return launch(bench, OLD, options, ["anna", "heuristics"], by_default=True)


def test_all_that_was_pinned_is_pinned_again_with_other_seeds(bench: BenchContext, old: Spec) -> None:
    """So no generation is the other's; judges go on, and doing it again changes nothing."""
    spec = repeat(bench, NEW, OLD, {"baseline": "template/terse"})
    same = ("models", "prompts", "cells", "scenarios", "rubric", "n_tips", "temperature", "failures")
    assert [getattr(spec, name) for name in same] == [getattr(old, name) for name in same]
    assert spec.seed != old.seed
    assert spec.extends is None
    assert not {each.key for each in grid(spec)} & {each.key for each in grid(old)}
    assert raters_of(bench.on_record(NEW).records) == {"anna": "human", "heuristics": "program"}
    before = bench.on_record(NEW).records
    assert repeat(bench, NEW, OLD, {}) == spec
    assert bench.on_record(NEW).records == before
    assert launch(bench, NEW, Options(), by_default=True).seed == spec.seed


def test_what_a_pin_holds_cannot_stand_beside(bench: BenchContext, old: Spec) -> None:
    """Nor extends; another pin of the name, adopted outputs and an unknown experiment are refused."""
    for given in ({"models": ("template",)}, {"seed": 3}, {"extends": OLD}, {"n_tips": 1}):
        with pytest.raises(OptionError, match="cannot stand beside repeats"):
            repeat(bench, NEW, OLD, given)
    with pytest.raises(SpecMismatch, match="does not repeat"):
        repeat(bench, OLD, OLD, {})
    with pytest.raises(NotPinned):
        repeat(bench, NEW, "tip-bench-none", {})
    with pytest.raises(OptionError, match="holds adopted outputs"):
        repeated(msgspec.structs.replace(old, source="adopt"), NEW, "t")
    assert bench.home.experiments() == [OLD]
    assert not Path(bench.home.root / "lake" / NEW / "records.jsonl").exists()
