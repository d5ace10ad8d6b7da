"""What a reader must know of a leaderboard, whoever's scores it rests on."""

import json
from pathlib import Path

import pytest

from core.benchmark.spec import Spec
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.scoring.computing import compute
from resources.scoring.notes import notes_of
from resources.scoring.publishing import publish_leaderboard

CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
LEADER = {"anna": "north", "gpt": "south"}


@pytest.fixture
def spec(bench: BenchContext, tmp_path: Path) -> Spec:
    """Two cells over six scenarios: a person prefers one, a model the other."""
    rows = [
        {
            "model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "text": f"{model} {n}.",
            "scores": {judge: dict.fromkeys(CRITERIA, 4 + n % 2 if model == best else 1 + n % 2)
                       for judge, best in LEADER.items()},
        }
        for model in ("north", "south") for n in range(6)
    ]  # fmt: skip
    file = tmp_path / "outputs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    return adopt(bench, "tip-bench-two-kinds", [file], AdoptOptions(judge_kinds={"gpt": "model"}), None).spec


@pytest.mark.parametrize(
    ("judges", "leader", "other"), [(None, "north", "model"), ("human", "north", "model"), ("gpt", "south", "human")]
)
def test_notes_are_of_the_judges_that_are_shown(
    bench: BenchContext, spec: Spec, judges: str | None, leader: str, other: str
) -> None:
    """The result by these judges, and who else has scored."""
    result, others, *_ = notes_of(bench, compute(bench, spec, judges))
    assert result.startswith(f"{leader} / p has the highest score")
    assert others.startswith(f"Judges of other kinds have scored too, and are not averaged in: {other} (12 scores)")


def test_the_published_notes_are_those_of_the_preferred_kind(bench: BenchContext, spec: Spec) -> None:
    """The same sentences, kept beside the rows."""
    assert publish_leaderboard(bench, spec).notes() == notes_of(bench, compute(bench, spec))
