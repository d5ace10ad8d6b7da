"""Comparing two experiments: common cells, scenarios and judges, and what cannot be told."""

from pathlib import Path

import pytest

from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.choosing.comparing import NothingCommon, compare
from tests.resources.choosing.outputs import NAME, write_outputs

NEXT = "tip-bench-next"


def adopted(bench: BenchContext, name: str, path: Path, *changes: tuple[str, str]) -> None:
    """Adopt the outputs with parts of their text replaced."""
    text = write_outputs(path, 8).read_text()
    for old, new in changes:
        text = text.replace(old, new)
    path.write_text(text)
    adopt(bench, name, [path], AdoptOptions(), None)


def test_common_cells_are_compared_on_common_scenarios(bench: BenchContext, tmp_path: Path) -> None:
    """In the order of the second experiment; nothing was judged again, so nobody can say whose change it would be."""
    adopted(bench, NAME, tmp_path / "a.jsonl")
    adopted(bench, NEXT, tmp_path / "b.jsonl", ('"west"', '"east"'), ('"s0"', '"s99"'))
    changes, notes = compare(bench, NAME, NEXT)
    assert [(each.cell, each.n_scenarios, each.changed) for each in changes] == [
        ("north/p", 7, False), ("south/p", 7, False)
    ]  # fmt: skip
    assert "2 cells on 7 common scenarios, judged by anna" in notes[0]
    assert "of the models or of the judges: only anchors" in notes[1]


def test_nothing_in_common_is_said(bench: BenchContext, tmp_path: Path) -> None:
    """Which of cells, scenarios and judges is missing."""
    adopted(bench, NAME, tmp_path / "a.jsonl")
    adopted(bench, NEXT, tmp_path / "b.jsonl", ('"p"', '"q"'))
    with pytest.raises(NothingCommon, match="no common cell"):
        compare(bench, NAME, NEXT)
