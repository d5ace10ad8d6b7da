"""Shipping a cell: by a decision on these scores or for a reason, on record, and taken back."""

from pathlib import Path

import pytest

from core.choosing.hand_over import ShippedCell, prompt_page
from core.scoring.gates import UnknownCell
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.choosing.choosing import ChoiceOptions, choose_cell
from resources.choosing.shipped import champion_among, last_shipped
from resources.choosing.shipping import ship, undo_ship
from tests.resources.choosing.outputs import NAME, write_outputs


def test_a_decision_is_handed_over_and_makes_the_champion(bench: BenchContext, tmp_path: Path) -> None:
    """Without one only for a reason; the one before comes back when it is taken back, and records only grow."""
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 45)], AdoptOptions(), None).spec
    assert "no decision on today's scores" in str(ship(bench, spec, "south/p"))
    with pytest.raises(UnknownCell):
        ship(bench, spec, "east/p")
    reason = ship(bench, spec, "north/p", "the contract names it")
    assert isinstance(reason, ShippedCell)
    assert (reason.verdict, reason.anyway, reason.replaces) == (None, "the contract names it", None)
    made = choose_cell(bench, spec, ChoiceOptions(margin=0.2))
    assert (made.champion, made.decision, made.cell) == ("north/p", "tie", "south/p")
    second = ship(bench, spec, "south/p", "not needed")
    assert isinstance(second, ShippedCell)
    assert (second.number, second.verdict, second.anyway, second.replaces) == (2, "tie", None, "north/p")
    assert champion_among(bench, spec) == "south/p"
    page = prompt_page(second)
    assert "- verdict: tie, margin 0.2" in page
    assert "- replaces: north/p" in page
    before = len(bench.on_record(NAME).records)
    assert undo_ship(bench, spec) == reason
    assert champion_among(bench, spec) == "north/p"
    assert undo_ship(bench, spec) is None
    assert last_shipped(bench) is None
    assert "nothing can be taken back" in str(undo_ship(bench, spec))
    assert len(bench.on_record(NAME).records) == before + 2


def test_a_cell_without_scores_is_never_shipped(bench: BenchContext, tmp_path: Path) -> None:
    """Whatever the reason."""
    options = AdoptOptions(without_scores=True)
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 6)], options, None).spec
    assert "never shipped" in str(ship(bench, spec, "south/p", "we like it"))
