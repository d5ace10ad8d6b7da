"""Criteria of yes or no, and gates, from judges' answers to the leaderboard."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.benchmark.spec import Spec
from core.scoring.leaderboard_row import LeaderboardRow
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.scoring.computing import compute, slices_of
from resources.scoring.publishing import leaderboard_table
from resources.scoring.tip_rows import tip_rows

HEAD = 'name = "kept"\nversion = "1"\n[scale]\nlow = 1\nhigh = 5\n'
CLEAR = '[[criteria]]\nname = "clear"\ndescription = "x"\n'
STEP = '[[criteria]]\nname = "step"\ndescription = "x"\nscale = "yes_no"\nweight = 3\n'
LIMITS = '[[criteria]]\nname = "limits"\ndescription = "x"\nscale = "yes_no"\ngate = true\n'
JUDGES = ("anna", "bea", "cal")
Scores = dict[str, dict[str, float]]


def _scores(cell: int, scenario: int, tip: int) -> Scores:
    """Three judges who disagree; some leave the gate out, which adopted files may."""
    found: Scores = {}
    for number, judge in enumerate(JUDGES):
        place = 5 * cell + 3 * scenario + 2 * tip + number
        found[judge] = {"clear": 1 + place % 5, "step": place % 2}
        if place % 7 and not (cell == 1 and scenario == 5):
            found[judge]["limits"] = int(place % 3 > 0)
    return found


def _rows() -> list[dict[str, Any]]:
    return [
        {"model": f"m{cell}", "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "tip_index": tip,
         "area": "work" if n % 2 else "food", "text": f"Tip {cell} {n} {tip}.", "scores": _scores(cell, n, tip)}
        for cell in range(2) for n in range(12) for tip in range(2)
    ]  # fmt: skip


def _adopted(bench: BenchContext, folder: Path, name: str, rubric: str, rows: list[dict[str, Any]]) -> Spec:
    (folder / f"{name}.toml").write_text(rubric)
    (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return adopt(bench, name, [folder / f"{name}.jsonl"], AdoptOptions(), folder / f"{name}.toml").spec


def _naive(cell: int, scenarios: range) -> tuple[float, int]:
    """The share, tip by tip: more than half of who says something say yes, and no tip of the scenario fails."""
    passed = []
    for n in scenarios:
        said = [[own["limits"] for own in _scores(cell, n, tip).values() if "limits" in own] for tip in range(2)]
        verdicts = [2 * sum(own) > len(own) for own in said if own]
        passed += [all(verdicts)] if verdicts else []
    return sum(passed) / len(passed), len(passed)


@pytest.fixture
def gated(bench: BenchContext, tmp_path: Path) -> Spec:
    """Two cells over twelve scenarios with a scale, a yes or no that counts, and a gate."""
    return _adopted(bench, tmp_path, "tip-bench-gated", HEAD + CLEAR + STEP + LIMITS, _rows())


def _by_model(rows: list[LeaderboardRow]) -> dict[str, LeaderboardRow]:
    return {row.model: row for row in rows}


def test_a_gate_is_the_share_of_scenarios_that_pass(bench: BenchContext, gated: Spec) -> None:
    """By majority of the judges who say something on a tip, and all scored tips; as counting by hand has it."""
    computed = compute(bench, gated)
    for cell in range(2):
        limits = _by_model(computed.rows)[f"m{cell}"].criteria["limits"]
        assert (limits.score, limits.n, limits.gate) == (*_naive(cell, range(12)), True)
        ends = (limits.low, limits.score, limits.high)
        assert None not in ends
        assert [0, *ends, 1] == sorted([0, *ends, 1])  # type: ignore[type-var]  # none of them is None
    for row in slices_of(computed):
        if row.slice == "area":
            inside = range(row.slice_value == "work", 12, 2)
            assert (row.criteria["limits"].score, row.criteria["limits"].n) == _naive(int(row.model[1]), inside)


def test_a_gate_that_needs_must_not_counts_scenarios_that_have_it(bench: BenchContext, tmp_path: Path) -> None:
    """What a file says of it elsewhere says nothing: the share and its n are those of the six that it is asked of."""
    rows = _rows()
    for row in rows:
        number = int(row["scenario_id"][1:])
        row["scenario"] = {"text": row["scenario"], "must_not": "pills"} if number < 6 else {"text": row["scenario"]}
    needs = LIMITS + 'needs = "must_not"\n'
    spec = _adopted(bench, tmp_path, "tip-bench-conditional", HEAD + CLEAR + STEP + needs, rows)
    for model, cell in _by_model(compute(bench, spec).rows).items():
        limits = cell.criteria["limits"]
        assert (limits.score, limits.n) == _naive(int(model[1]), range(6))


def test_the_score_is_what_it_is_without_the_gate(bench: BenchContext, gated: Spec, tmp_path: Path) -> None:
    """Also with yes as 5 and no as 1 under a rubric that has only numbers: every figure but the gate's is the same."""
    rows = _rows()
    for row in rows:
        for own in row["scores"].values():
            own.pop("limits", None)
            own["step"] = 1 + 4 * own["step"]
    plain = _adopted(bench, tmp_path, "tip-bench-plain", HEAD + CLEAR + STEP.replace('scale = "yes_no"\n', ""), rows)
    for one, other in zip(compute(bench, gated).rows, compute(bench, plain).rows, strict=True):
        assert other == msgspec.structs.replace(
            one, data_hash=other.data_hash, criteria={name: one.criteria[name] for name in ("clear", "step")}
        )


def test_nobody_needs_to_answer_a_gate_of_adopted_outputs(bench: BenchContext, tmp_path: Path) -> None:
    """What nobody answered is null with n 0, and the score stands."""
    rows = _rows()
    for row in rows:
        for own in row["scores"].values():
            own.pop("limits", None)
    spec = _adopted(bench, tmp_path, "tip-bench-open", HEAD + CLEAR + STEP + LIMITS, rows)
    for cell in compute(bench, spec).rows:
        assert cell.score is not None
        assert (cell.n_pending, cell.coverage) == (0, 1.0)
        limits = msgspec.to_builtins(cell.criteria["limits"])
        assert limits == {"score": None, "low": None, "high": None, "gate": True, "n": 0}


def test_the_row_says_gate_and_n_of_gates_alone(bench: BenchContext, gated: Spec) -> None:
    """In JSON, where a criterion of the score has the fields it always had, and in the sheet's columns."""
    rows = compute(bench, gated).rows
    found = msgspec.to_builtins(rows[0])["criteria"]
    assert [*found] == ["clear", "step", "limits"]
    assert found["clear"].keys() == found["step"].keys() == {"score", "low", "high"}
    assert found["limits"].keys() == {"score", "low", "high", "gate", "n"}
    assert msgspec.json.decode(msgspec.json.encode(rows[0]), type=LeaderboardRow) == rows[0]
    table = leaderboard_table(rows)
    assert [name for name in table.column_names if name.endswith((".n", ".gate"))] == [
        "criteria.limits.gate",
        "criteria.limits.n",
    ]
    assert [str(table.schema.field(f"criteria.limits.{part}").type) for part in ("gate", "n")] == ["bool", "int64"]


def test_tips_show_the_score_of_each_judge_in_rubric_units(bench: BenchContext, gated: Spec) -> None:
    """Yes as the scale's high, no as its low, the gate left out."""
    wanted: dict[str, dict[str, float]] = defaultdict(dict)
    for row in _rows():
        for judge, own in row["scores"].items():
            wanted[row["text"]][judge] = (own["clear"] + 3 * (1 + 4 * own["step"])) / 4
    found = tip_rows(bench.home, gated, {}, None)
    assert {row["text"]: row["scores"] for row in found} == wanted


def test_a_gate_is_neither_half_kept_nor_a_number_of_the_scale(bench: BenchContext, tmp_path: Path) -> None:
    """A value of an adopted file that is neither yes nor no is refused with its line."""
    rows = _rows()
    rows[3]["scores"]["anna"]["limits"] = 4
    with pytest.raises(ValueError, match=r"line 4: scores\.anna\.limits is 4, neither 1 nor 0"):
        _adopted(bench, tmp_path, "tip-bench-wrong", HEAD + CLEAR + STEP + LIMITS, rows)
