"""`tipbench demo`: what it would pin in a catalog of fewer scenarios than it takes."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.spec import Options
from resources.catalog import Layer
from resources.collect.launch import launch
from tests.resources.conftest import bench
from wiring.cli.benchmark.demo import NAME, demo_options

__all__ = ["bench"]


@pytest.mark.parametrize(("known", "taken"), [(2, 2), (8, 8), (11, 8)])
def test_it_takes_eight_scenarios_or_all_of_a_smaller_catalog(
    bench: Any, tmp_path: Path, known: int, taken: int
) -> None:
    """A project of `tipbench init` has three; one of none is refused like any other launch."""
    lines = [f"scenario-{number},Situation {number}" for number in range(known)]
    (tmp_path / "own" / "scenarios").mkdir(parents=True)
    (tmp_path / "own" / "scenarios" / "own.csv").write_text("\n".join(["id,situation", *lines]) + "\n")
    packaged, _ = bench.layers
    others = Layer("packaged", packaged.folder, frozenset({"models", "prompts", "rubrics"}))
    own = Layer("project", tmp_path / "own", frozenset({"scenarios"}))
    assert demo_options(dataclasses.replace(bench, layers=(others, own)), None).n_scenarios == taken


def test_it_goes_on_with_what_is_pinned(bench: Any) -> None:
    """The panel's button may have pinned fewer scenarios, when the catalog had fewer."""
    pinned = launch(bench, NAME, Options(prompts=("terse",), n_scenarios=3), by_default=True)
    assert demo_options(bench, pinned).n_scenarios == 3
