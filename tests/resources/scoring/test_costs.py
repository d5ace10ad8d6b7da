"""Words, tokens, dollars and milliseconds of cells, against DuckDB's sums over the same file."""

import json
import random
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.benchmark.spec import Spec
from core.scoring.leaderboard import CellCosts
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.lake.candidates import candidates, cell_costs
from resources.scoring.costs import costs_of

TEXTS = ("Rest.", "  two  words ", "one\ttab and\na line", "plain words only", "é ü", "a\u00a0b c", " ", "x  y", None)
BY_HAND = """
    select cell, count(text)::double, sum(tokens_in)::double, sum(cost), quantile_cont(latency_ms, 0.5),
           quantile_cont(latency_ms, 0.95), avg(tokens_out), avg(cost) * 1000
    from read_parquet(?) where {where} group by cell order by cell
"""


@pytest.fixture
def spec(bench: BenchContext, tmp_path: Path) -> Spec:
    """Three cells over twelve scenarios of two areas or none, two tips each, some of whose costs are not known."""
    rng = random.Random(5)  # noqa: S311 -- a test is to repeat
    rows = [
        {
            "model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": {"text": f"Case {n}"}, "tip_index": tip,
            "text": TEXTS[(2 * n + tip) % len(TEXTS)], "area": ("west", "east", None)[n % 3],
            **{name: value for name, value in {
                "tokens_in": rng.randrange(900), "tokens_out": rng.randrange(90),
                "cost": rng.random() / 1000, "latency_ms": round(rng.gammavariate(3, 200), 3),
            }.items() if model != "bare" and rng.random() < 0.9},
        }
        for model in ("north", "south", "bare") for n in range(12) for tip in range(2)
    ]  # fmt: skip
    file = tmp_path / "outputs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    return adopt(bench, "tip-bench-costs", [file], AdoptOptions(), None).spec


def _by_hand(bench: BenchContext, spec: Spec, where: str) -> list[Any]:
    tips = candidates(bench.home, spec.experiment).locator()
    return duckdb.execute(BY_HAND.format(where=where), [tips.uri]).fetchall() if tips else []


@pytest.mark.parametrize(("slice_", "value"), [(None, None), ("area", "west"), ("area", None), ("locale", None)])
def test_costs_are_those_of_the_rows(bench: BenchContext, spec: Spec, slice_: str | None, value: str | None) -> None:
    """Of each cell, whole and by area or locale, as DuckDB finds them; what nobody measured is None."""
    where = "true" if slice_ is None else f"{slice_} is not distinct from $${value}$$" if value else f"{slice_} is null"
    rows = _by_hand(bench, spec, where)
    found = costs_of(bench.home, spec)
    own = [found[key] for key in sorted(found, key=str) if key[:2] == (slice_, value)]
    seen = [(cost.latency_p50_ms, cost.latency_p95_ms, cost.tokens, cost.cost_per_1k) for cost in own]
    assert seen == [pytest.approx(row[4:], rel=1e-12) if row[4] is not None else row[4:] for row in rows]
    assert own[2] == CellCosts(mean_length=own[2].mean_length)


def test_a_cells_sums_are_those_of_its_rows(bench: BenchContext, spec: Spec) -> None:
    """Counts, tokens and cost; what no row knows is left out."""
    rows = _by_hand(bench, spec, "true")
    found = cell_costs(bench.home, spec.experiment)
    for cell, n_text, tokens, cost, *latency in rows[:2]:
        own = found[cell]
        assert (own["n_text"], own["tokens_in"], own["latency_p50_ms"]) == (n_text, tokens, latency[0])
        assert own["cost"] == pytest.approx(cost, rel=1e-12)
    assert set(found[2]) == {"n_text", "n_failed", "n_refused", "n_misconfigured", "n_cut"}
    assert cell_costs(bench.home, "tip-bench-none") == {}


def test_words_are_what_stands_between_blanks(bench: BenchContext, spec: Spec) -> None:
    """Whatever the blanks are; a plain text's are counted without a regular expression."""
    tips = candidates(bench.home, spec.experiment).table(["cell", "text"]).to_pylist()
    found = costs_of(bench.home, spec)
    for cell, costs in ((cell, costs) for (slice_, _, cell), costs in found.items() if slice_ is None):
        counts = [len(re.findall(r"[^\t\n\f\r ]+", tip["text"])) for tip in tips if tip["cell"] == cell and tip["text"]]
        assert costs.mean_length == pytest.approx(sum(counts) / len(counts))
