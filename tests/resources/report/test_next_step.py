"""What to do next, by how far a board has come."""

from typing import Any

import msgspec
import pytest

from core.benchmark.spec import Spec
from resources.report.next_step import baseline_sentence, next_step
from tests.core.conftest import build_spec
from tests.resources.report.inputs import report_input, report_row

SPEC = build_spec()
ENOUGH = {"n_judges": 2, "n_scenarios": 40}


def _pair(**changes: Any) -> Any:
    return [report_row("a", 3.0, **ENOUGH | changes), report_row("b", 2.0, **ENOUGH | changes)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [report_row("a", None)],
            "Next, give the tips to a judge: tipbench export tip-bench-small --judge NAME, then "
            "tipbench import tip-bench-small FILE.",
        ),
        (
            _pair(judge_kind="program"),
            "let a person or an agent judge, since these scores are automatic: tipbench export",
        ),
        (
            _pair(n_pending=4, provisional=True, n_judges=1),
            "8 scores of a tip by a judge are pending; tipbench export tip-bench-small names each judge's folder",
        ),
        (_pair(n_judges=1), "have a second judge score the same tips, since all this rests on one: tipbench export"),
        (_pair()[:1], "add cells to compare it with: tipbench run tip-bench-NEW --extends tip-bench-small --models"),
        (
            _pair(),
            "Next, add scenarios to tell the first cells apart: "
            "tipbench run tip-bench-NEW --extends tip-bench-small --n-scenarios N.",
        ),
        (_pair(rank_high=1, n_scenarios=12), "add scenarios before relying on this order"),
        (
            _pair(rank_high=1),
            "Next, read the winner's tips: tipbench tips tip-bench-small --model a --prompt p; once it is in use, take "
            "differences to it: tipbench set-baseline tip-bench-small a/p.",
        ),
    ],
)
def test_the_next_step_follows_the_state_of_the_board(rows: Any, said: str) -> None:
    """No score, automatic ones, pending ones, one judge, one cell, no clear leader, few scenarios, a winner."""
    assert said in next_step(SPEC, rows, ("b", "p"))


def test_one_pending_score_is_one() -> None:
    """In the singular."""
    rows = [report_row("a", 3.0, n_pending=1, provisional=True), report_row("b", 2.0)]
    assert "have the rest judged: 1 score of a tip by a judge is pending" in next_step(SPEC, rows, ("b", "p"))


def test_a_winner_that_is_the_baseline_already_is_only_read() -> None:
    """Differences are taken to it already; names are quoted for a shell."""
    rows = [report_row("a b", 3.0, rank_high=1, **ENOUGH), report_row("b", 2.0, **ENOUGH)]
    said = next_step(SPEC, rows, ("a b", "p"))
    assert said.endswith("before it is used: tipbench tips tip-bench-small --model 'a b' --prompt p.")


def test_adopted_outputs_are_added_to_by_adopting() -> None:
    """Nothing can be run anew for them."""
    spec: Spec = msgspec.structs.replace(SPEC, source="adopt")
    assert "tipbench adopt tip-bench-NEW FILE, with the outputs for more scenarios in FILE" in next_step(
        spec, _pair(), ("b", "p")
    )


def test_one_cell_has_no_baseline() -> None:
    """With two the default one is named, and how to change it."""
    rows = report_input(_pair(), []).rows
    said = baseline_sentence("tip-bench-a", rows, ("b", "p"))
    assert said == "Baseline, chosen by default: b / p; tipbench set-baseline tip-bench-a MODEL/PROMPT changes it."
    assert baseline_sentence("tip-bench-a", rows[:1], ("b", "p")) == ""
