"""The chain of steps on stores of another kind: no step asks where bytes lie."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.storage import Blobs
from core.benchmark.spec import Options
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.home import Home
from resources.lake.experiments import list_experiments
from resources.lake.specs import pinned_spec
from resources.scoring.computing import compute
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain
from resources.storage.memory import memory_storage
from tests.resources.conftest import bench, benched

__all__ = ["bench"]
NAME = "tip-bench-anywhere"
OF_ONE_PLACE = {"lock"}
"""What a store has of its leases."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> BenchContext:
    """The same context, clock and all, whose home has its stores in memory."""
    home = Home(tmp_path / "elsewhere")
    home.__dict__["storage"] = memory_storage()  # what the cached property holds
    return benched(home)


def _values(blobs: Blobs, folder: str) -> Iterator[tuple[str, bytes | None]]:
    for name in blobs.list(folder):
        if name.endswith("/"):
            yield from _values(blobs, f"{folder}/{name[:-1]}")
        elif name not in OF_ONE_PLACE:
            yield f"{folder}/{name}", blobs.get(f"{folder}/{name}")


def test_a_run_goes_by_keys_alone(elsewhere: BenchContext) -> None:
    """Collected, scored, published, computed for one judge and found unchanged; no folder of the lake is made."""
    launch(elsewhere, NAME, Options(prompts=("terse", "coach")), ["heuristics"], by_default=True)
    spec = pinned_spec(elsewhere.home, NAME)
    assert run_chain(StepContext(elsewhere, "r"), spec, BENCHMARK).passed
    again = run_chain(StepContext(elsewhere, "r"), spec, BENCHMARK)
    assert (again.passed, again.steps[-1].is_unchanged) == (True, True)
    assert [row.state for row in list_experiments(elsewhere.home)] == ["judged"]
    assert len(compute(elsewhere, spec, "heuristics").rows) == len(spec.cells)
    assert not (elsewhere.home.root / "lake").exists()


def test_every_store_ends_with_the_same_bytes(bench: BenchContext, elsewhere: BenchContext, tmp_path: Path) -> None:
    """Pin, records, datasets and boards of adopted outputs are equal byte for byte."""
    criteria = bench.catalog().rubric("tips").averaged_names
    rows = [
        {
            "model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "text": f"{model} {n}.",
            "scores": {"anna": dict.fromkeys(criteria, 1 + (n + len(model)) % 5)},
        }
        for model in ("north", "southern") for n in range(9)
    ]  # fmt: skip
    file = tmp_path / "outputs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    for context in (bench, elsewhere):
        context.home.stored_secret("blinding", lambda: "ab" * 32)  # by which items are named
        adopt(context, NAME, [file], AdoptOptions(), None)
        assert run_chain(StepContext(context, "r"), pinned_spec(context.home, NAME), BENCHMARK).passed
    local, memory = (dict(_values(context.home.storage.blobs, "lake")) for context in (bench, elsewhere))
    assert len(local) >= 15
    assert memory.keys() == local.keys()
    assert [key for key in local if local[key] != memory[key]] == []
