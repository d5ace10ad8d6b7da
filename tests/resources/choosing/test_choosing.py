"""Choosing by what the lake holds: decisions go on record, and a look is other data."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.choosing.limits import ShipLimits, UnknownFloor
from core.choosing.records import ChoiceRecord
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.choosing.choosing import ChoiceOptions, OtherLooks, choose_cell
from resources.lake.specs import read_records
from tests.resources.choosing.outputs import NAME, write_outputs


def choices(bench: BenchContext) -> list[ChoiceRecord]:
    """The decisions on record."""
    return [record for record in read_records(bench.home, NAME) if isinstance(record, ChoiceRecord)]


def test_the_cheaper_of_two_equal_cells_is_chosen_and_recorded_once(bench: BenchContext, tmp_path: Path) -> None:
    """The same options on the same data are one record; others on the same data are listed, and are no look."""
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 60)], AdoptOptions(), None).spec
    made = choose_cell(bench, spec, ChoiceOptions(margin=0.2))
    assert (made.decision, made.cell, made.equal_to) == ("tie", "south/p", ("north/p",))
    assert made.board.judge_kind == "human"
    assert made.board.scenarios == 60
    assert choose_cell(bench, spec, ChoiceOptions(margin=0.2)) == made
    assert len(choices(bench)) == 1
    limits = ShipLimits(floors={"respectful": 4.5})
    assert choose_cell(bench, spec, ChoiceOptions(margin=0.2, limits=limits)).decision == "no"
    assert choose_cell(bench, spec, ChoiceOptions(margin=0.01)).decision == "not_enough"
    assert [(record.decision, record.scenarios) for record in choices(bench)] == [
        ("tie", 60), ("no", 60), ("not_enough", 60)
    ]  # fmt: skip
    assert choose_cell(bench, spec, ChoiceOptions(margin=0.2)).look.number == 1


def test_a_floor_on_what_the_pinned_rubric_did_not_have_is_not_met(bench: BenchContext, tmp_path: Path) -> None:
    """keeps_limits came with tips@3: under tips@2 every cell breaks it, and what no version has is an error."""
    older = replace(bench, defaults=msgspec.structs.replace(bench.defaults, rubric="tips@2"))
    spec = adopt(older, NAME, [write_outputs(tmp_path / "o.jsonl", 20)], AdoptOptions(), None).spec
    made = choose_cell(bench, spec, ChoiceOptions(margin=0.2, limits=ShipLimits(floors={"keeps_limits": 0.9})))
    assert made.decision == "no"
    assert {(each.limit, each.value) for each in made.failed} == {("floor keeps_limits", None)}
    with pytest.raises(UnknownFloor, match="'keeps' is no criterion of tips@2"):
        choose_cell(bench, spec, ChoiceOptions(margin=0.2, limits=ShipLimits(floors={"keeps": 0.9})))


def test_a_plan_of_looks_is_made_once(bench: BenchContext, tmp_path: Path) -> None:
    """By the first choice; another one is refused, and so is one of several looks without an end."""
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 20)], AdoptOptions(), None).spec
    with pytest.raises(OtherLooks, match="--max-scenarios N"):
        choose_cell(bench, spec, ChoiceOptions(margin=0.2, looks=2))
    with pytest.raises(OtherLooks, match="there are 20 already"):
        choose_cell(bench, spec, ChoiceOptions(margin=0.2, looks=2, max_scenarios=10))
    look = choose_cell(bench, spec, ChoiceOptions(margin=0.2, looks=2, max_scenarios=60)).look
    assert (look.number, look.of, look.max_scenarios, look.unplanned) == (1, 2, 60, False)
    assert look.level > 0.999
    with pytest.raises(OtherLooks, match="2 looks at up to 60 scenarios were planned"):
        choose_cell(bench, spec, ChoiceOptions(margin=0.2, looks=3))


def test_a_program_decides_nothing_and_is_no_look(bench: BenchContext, tmp_path: Path) -> None:
    """The heuristics that came with the outputs measure form."""
    options = AdoptOptions(judge_kinds={"heuristics": "program"})
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "o.jsonl", 20, "heuristics")], options, None).spec
    made = choose_cell(bench, spec, ChoiceOptions(margin=0.2))
    assert made.decision == "not_enough"
    assert "a program" in made.reason
    assert choices(bench) == []
