"""Holding a cell of one experiment against another one: which cell, which judges, and what cannot be compared."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.benchmark.spec import Spec
from core.scoring.gates import UnknownCell
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.choosing.against import OtherBasis, Side, check_against, held, side_of
from resources.choosing.shipping import ship
from resources.lake.specs import NotPinned
from tests.resources.choosing.outputs import NAME, write_outputs

NEXT = "tip-bench-next"


def adopted(bench: BenchContext, name: str, path: Path, scenarios: int, drop: float = 0.0, judge: str = "anna") -> Spec:
    """An experiment of three cells whose scores are so much lower than those of the others of this size."""
    rows = [json.loads(line) for line in write_outputs(path, scenarios, judge).read_text().splitlines()]
    for row in rows:
        given: dict[str, Any] = row["scores"][judge]
        row["scores"][judge] = {each: max(1.0, round(value - drop, 3)) for each, value in given.items()}
    path.write_text("\n".join(map(json.dumps, rows)))
    return adopt(bench, name, [path], AdoptOptions(), None).spec


def test_the_shipped_cell_is_held_on_common_scenarios(bench: BenchContext, tmp_path: Path) -> None:
    """By itself that of the other experiment; a named one is looked up in both."""
    before = adopted(bench, NAME, tmp_path / "a.jsonl", 12)
    after = adopted(bench, NEXT, tmp_path / "b.jsonl", 20, drop=0.5)
    with pytest.raises(UnknownCell, match="has shipped no cell: name the one"):
        check_against(bench, after, NAME, None, 0.2)
    ship(bench, before, "south/p", "the first")
    found = check_against(bench, after, NAME, None, 0.2)
    assert (found.name, found.passed, found.undecided, found.numbers["scenarios"]) == ("against", False, False, 12)
    assert found.numbers["diff"] == pytest.approx(-0.5, abs=0.01)
    assert "south/p" in found.message
    assert check_against(bench, after, NAME, "north/p", 0.6).passed
    with pytest.raises(UnknownCell, match="'east/p' is no cell of tip-bench-next"):
        check_against(bench, after, NAME, "east/p", 0.2)
    with pytest.raises(NotPinned):
        check_against(bench, after, "tip-bench-none", "north/p", 0.2)


def test_nothing_scored_is_undecided(bench: BenchContext, tmp_path: Path) -> None:
    """There is nothing to compare, and no judge to refuse."""
    adopted(bench, NAME, tmp_path / "a.jsonl", 6)
    bare = adopt(bench, NEXT, [tmp_path / "a.jsonl"], AdoptOptions(without_scores=True), None).spec
    found = check_against(bench, bare, NAME, "south/p", 0.2)
    assert (found.passed, found.undecided) == (False, True)


def test_scores_of_others_are_not_compared(bench: BenchContext, tmp_path: Path) -> None:
    """Other people, or another text of the rubric: each is named."""
    before = adopted(bench, NAME, tmp_path / "a.jsonl", 6)
    after = adopted(bench, NEXT, tmp_path / "b.jsonl", 6, judge="berta")
    with pytest.raises(OtherBasis, match="cannot be compared: berta and anna"):
        check_against(bench, after, NAME, "south/p", 0.2)
    now = side_of(bench.home, bench.on_record(NAME))
    other = msgspec.structs.replace(before, rubric=msgspec.structs.replace(before.rubric, version="9"))
    with pytest.raises(OtherBasis, match=r"tips@.* and tips@9"):
        held(now, Side(now.home, other, now.records, now.given, now.answers), "south/p", 0.2)
