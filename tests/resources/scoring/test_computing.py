"""Slices and the other failure policy of a board that was computed."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.benchmark.spec import Spec
from kit.cancellation import Cancelled, cancelled_by
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.scoring.computing import compute, other_policy, slices_of

CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")


def _adopted(bench: BenchContext, file: Path, failed: int) -> Spec:
    """Two cells over six scenarios in two areas; the better one failed in the first few."""
    rows = [
        {"model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "area": f"a{n % 2}"}
        | ({"text": ""} if model == "north" and n < failed else {"text": f"{model} {n}.", "scores": {"anna": own}})
        for model, own in (("north", dict.fromkeys(CRITERIA, 4)), ("south", dict.fromkeys(CRITERIA, 3)))
        for n in range(6)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    return adopt(bench, f"tip-bench-failed-{failed}", [file], AdoptOptions(), None).spec


def test_slices_end_when_nobody_awaits_them(bench: BenchContext, tmp_path: Path) -> None:
    """They are looked at before each value of a slice."""
    computed = compute(bench, _adopted(bench, tmp_path / "rows.jsonl", 0))
    assert {row.slice_value for row in slices_of(computed) if row.slice == "area"} == {"a0", "a1"}
    stop = threading.Event()
    stop.set()
    with cancelled_by(stop), pytest.raises(Cancelled):
        slices_of(computed)


def test_a_slice_of_all_scenarios_is_what_a_fit_of_its_own_would_give(bench: BenchContext, tmp_path: Path) -> None:
    """It takes the board's fit; nobody has a locale here, so that slice is the whole, and areas are fitted apart."""
    computed = compute(bench, _adopted(bench, tmp_path / "rows.jsonl", 1))
    found = slices_of(computed)
    anew = replace(computed, tally=computed.tally.within(np.arange(6)))
    assert found == slices_of(anew)
    whole = {(row.model, row.prompt): row for row in found if row.slice == "locale"}
    assert {row.slice_value for row in whole.values()} == {None}
    for row in computed.rows:
        own = whole[row.model, row.prompt]
        assert (own.score, own.low, own.high, own.diff, own.rank_low, own.rank_high) == (
            row.score, row.low, row.high, row.diff, row.rank_low, row.rank_high,
        )  # fmt: skip


@pytest.mark.parametrize("failed", [0, 5])
def test_the_other_policy_is_shown_where_it_orders_otherwise(bench: BenchContext, tmp_path: Path, failed: int) -> None:
    """Where failures cost the better cell its place, and never where nothing failed."""
    computed = compute(bench, _adopted(bench, tmp_path / "rows.jsonl", failed))
    other = other_policy(computed)
    assert [row.model for row in computed.rows] == (["south", "north"] if failed else ["north", "south"])
    assert ([row.model for row in other] if other else None) == (["north", "south"] if failed else None)
