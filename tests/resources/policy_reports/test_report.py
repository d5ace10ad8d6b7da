"""The report of a day: a leaderboard of adopted scores, and logs of users with declared tastes."""

import json
import random
from pathlib import Path

import pytest

from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.policy_reports.report import make_report
from resources.policy_reports.stored import report_days, store_report, stored_report
from resources.scoring.publishing import publish_leaderboard
from tests.resources.conftest import bench
from tests.resources.policy_reports.logs import DAY, publish_log

__all__ = ["bench"]
NAME = "tip-bench-reality"
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
QUALITY = {f"m{n}/p": n / 9 for n in range(10)}
"""Of each cell, from 0 to 1."""
TASTES = {
    "agrees": {cell: 0.3 + 0.4 * own for cell, own in QUALITY.items()},
    "disagrees": {cell: 0.7 - 0.4 * own for cell, own in QUALITY.items()},
    "unknown": {f"m{n}/p": rate for n, rate in enumerate((0.5, 0.3, 0.7, 0.4, 0.6, 0.6, 0.4, 0.7, 0.3, 0.5))},
}


@pytest.fixture
def scored(bench: BenchContext, tmp_path: Path) -> BenchContext:
    """A published leaderboard of ten cells over thirty scenarios."""
    chance, file = random.Random(11), tmp_path / "rows.jsonl"  # noqa: S311  # scores of a test
    rows = [
        {"model": cell[:-2], "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "text": f"{cell} {n}."}
        | {"scores": {"anna": {name: min(5, max(1, round(1.5 + 3 * own + chance.gauss(0, 0.7)))) for name in CRITERIA}}}
        for cell, own in QUALITY.items()
        for n in range(30)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    publish_leaderboard(bench, adopt(bench, NAME, [file], AdoptOptions(), None).spec)
    return bench


@pytest.mark.parametrize("verdict", TASTES)
def test_the_verdict_is_that_of_the_users_tastes(scored: BenchContext, verdict: str) -> None:
    """Users who like what judges like, the opposite, or neither; templates are in the report, not in the comparison."""
    publish_log(scored.home.storage, {**TASTES[verdict], "template/terse": 0.5}, 4_400)
    report = make_report(scored, DAY)
    assert (report.experiment, report.n_decisions, report.prediction.n_cells) == (NAME, 4_400, 10)
    assert (report.prediction.refused, report.prediction.verdict) == (None, verdict)
    by_cell = {cell.cell: cell for cell in report.cells}
    assert "template" in (by_cell["template/terse"].unscored or "")
    rates, held = TASTES[verdict], 0
    for cell, rate in rates.items():
        found = by_cell[cell]
        assert (found.unscored, found.refused) == (None, None)
        held += (found.reward_low or 0) < rate < (found.reward_high or 1)
    assert held >= 8
    assert all(check.passed for check in report.checks)
    store_report(scored.home.storage, report)
    assert stored_report(scored.home.storage, DAY) == report
    assert report_days(scored.home.storage) == [DAY]
    text = (scored.home.storage.blobs.get(f"policy_reports/{DAY}.md") or b"").decode()
    assert f"**{verdict}**" in text
    plot = (scored.home.storage.blobs.get(f"policy_reports/{DAY}.svg") or b"").decode()
    assert plot.count('class="dot"') == 10


def test_without_decisions_or_a_leaderboard_it_says_what_is_missing(bench: BenchContext) -> None:
    """A day without decisions, and one whose cells nobody scored."""
    empty = make_report(bench, DAY)
    assert (empty.n_decisions, empty.cells, empty.fallback_share) == (0, (), None)
    assert "0 cells with score and reward of at least 8" in (empty.prediction.refused or "")
    store_report(bench.home.storage, empty)
    publish_log(bench.home.storage, {"template/a": 0.5, "template/b": 0.5}, 30)
    report = make_report(bench, DAY)
    assert {cell.unscored for cell in report.cells} == {"no published leaderboard has a score of a served cell"}
    assert all("not estimable" in (cell.refused or "") for cell in report.cells)
