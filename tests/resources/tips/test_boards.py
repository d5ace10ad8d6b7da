"""What is read of one published leaderboard: cells between 0 and 1, judged texts, and what is poisoned."""

from pathlib import Path

import msgspec
import pytest

from core.tips.selection import SelectionRule
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.scoring.publishing import publish_leaderboard
from resources.tips.boards import counted_experiments, publication_tags, read_board

NAME = "tip-bench-read"
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")


def _row(prompt: str, scenario: int, text: str, value: int | None, area: str = "sleep") -> dict[str, object]:
    scores = {} if value is None else {"anna": dict.fromkeys(CRITERIA, value)}
    own = {"text": f"situation {scenario}", "area": area}
    return {
        "model": "m", "prompt": prompt, "scenario_id": f"s{scenario}", "scenario": own, "tip_index": 0, "text": text,
        "scores": scores,
    }  # fmt: skip


def _adopt(bench: BenchContext, folder: Path, rows: list[dict[str, object]]) -> None:
    file = folder / "rows.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    publish_leaderboard(bench, adopt(bench, NAME, [file], AdoptOptions(), None).spec)


def test_judged_texts_that_may_be_shown_are_tips(bench: BenchContext, tmp_path: Path) -> None:
    """One that nobody judged is none; a poisoned one and one of an odd area have a reason; scores are shares."""
    rows = [_row("good", n, f"Sleep\nlonger {n}.", 5) for n in range(6)]
    rows += [_row("good", 6, "<script>alert(1)</script>", 5), _row("good", 8, "Word.", 5, area="No Word")]
    rows += [_row("poor", n, f"Walk {n % 2}.", 1 + n % 2) for n in range(7)] + [_row("poor", 7, "Nobody saw.", None)]
    _adopt(bench, tmp_path, rows)
    found = read_board(bench.home, NAME, SelectionRule())
    assert found is not None
    good, poor = found.cells
    assert (good.arm, good.score, sorted(good.areas)) == ("m/good", 1.0, ["sleep"])
    assert poor.low is not None
    assert poor.score is not None
    assert 0.0 <= poor.low <= poor.score < 0.5
    own = found.tips["m/good", good.data_hash]
    assert sorted(tip.text for tip in own) == [f"Sleep longer {n}." for n in range(6)]
    assert sorted(tip.text for tip in found.tips["m/poor", poor.data_hash]) == ["Walk 0.", "Walk 1."]
    assert [fault.partition(": ")[2] for fault in found.faults] == [
        "1 text of m/good left out: an area that is no word, or one of more than 20",
        "1 text of m/good left out: markup, or what a template did not fill in",
    ]
    few = read_board(bench.home, NAME, SelectionRule(tips_per_area=2))
    assert few is not None
    assert len(few.tips["m/good", good.data_hash]) <= 2


@pytest.mark.parametrize("name", ["tip-bench-nothing"])
def test_without_a_leaderboard_there_is_no_board(bench: BenchContext, name: str) -> None:
    """Whatever the rule names."""
    rule = SelectionRule(leaderboards=(name,))
    assert counted_experiments(bench.home, rule) == [name]
    assert read_board(bench.home, name, rule) is None
    assert publication_tags(bench.home, [name]) == {name: (None, None, None)}
