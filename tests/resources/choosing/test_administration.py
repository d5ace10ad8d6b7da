"""Choices by admins: the same records as the command line's, refused by field, in the name of who asks."""

import json
from pathlib import Path

import pytest

from contracts.benchmark.choices import ChampionView, ChoiceRequest
from contracts.refusals import Conflict, InvalidInput, NotFound
from core.choosing.records import ChoiceRecord
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.choosing.administration import CellChoices
from resources.lake.specs import add_records
from tests.resources.choosing.outputs import NAME, write_outputs

MARGIN = ChoiceRequest(margin=0.2)


@pytest.fixture
def choices(bench: BenchContext, tmp_path: Path) -> CellChoices:
    """Choices on three cells that one person has scored."""
    adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 45)], AdoptOptions(), None)
    return CellChoices(bench)


def test_a_decision_is_on_record_and_is_handed_over(choices: CellChoices) -> None:
    """By its author, newest first, with both files; it is taken back once for each hand-over."""
    made = choices.choose(NAME, MARGIN, "u-ada")
    assert (made.decision, made.cell, made.equal_to) == ("tie", "south/p", ("north/p",))
    first = choices.ship(NAME, "north/p", "the contract names it", "u-ada")
    second = choices.ship(NAME, "south/p", None, "u-bea")
    assert (first.anyway, second.verdict, second.replaces) == ("the contract names it", "tie", "north/p")
    assert json.loads(second.ship_json)["author"] == "u-bea"
    assert second.prompt_md.startswith("# south/p\n")
    seen = choices.on_record(NAME, 50)
    assert [(each.decision, each.author, each.is_current) for each in seen.choices] == [("tie", "u-ada", True)]
    assert [(each.number, each.cell, each.is_undone) for each in seen.ships] == [
        (2, "south/p", False),
        (1, "north/p", False),
    ]
    assert seen.champion == ChampionView(NAME, "south/p", "south/p")
    assert choices.undo_ship(NAME, "u-ada").again == first
    assert [each.is_undone for each in choices.on_record(NAME, 50).ships] == [True, False]
    assert choices.undo_ship(NAME, "u-ada").again is None
    with pytest.raises(Conflict, match="nothing can be taken back"):
        choices.undo_ship(NAME, "u-ada")
    assert choices.on_record(NAME, 1).champion is None
    assert len(choices.on_record(NAME, 1).ships) == 1


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (ChoiceRequest(margin=0), "margin"),
        (ChoiceRequest(margin=0.2, champion="east/p"), "champion"),
        (ChoiceRequest(margin=0.2, floors=(("pretty", 3),)), "floor"),
        (ChoiceRequest(margin=0.2, judges="nobody"), "judges"),
        (ChoiceRequest(margin=0.2, looks=3), "max_scenarios"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(choices: CellChoices, request_: ChoiceRequest, field: str) -> None:
    """And nothing goes on record."""
    with pytest.raises(InvalidInput) as refused:
        choices.choose(NAME, request_, "u-ada")
    assert refused.value.path == (field,)
    assert choices.on_record(NAME, 50).choices == []


def test_what_is_not_there_is_not_found(choices: CellChoices) -> None:
    """Nor is a name that is none; a cell without a decision for it is a conflict, an unknown one wrong input."""
    for name in ("tip-bench-none", "../etc"):
        for ask in (lambda name=name: choices.on_record(name, 1), lambda name=name: choices.choose(name, MARGIN, "u")):
            with pytest.raises(NotFound):
                ask()
    with pytest.raises(Conflict, match="run choose, or give a reason"):
        choices.ship(NAME, "south/p", "  ", "u-ada")
    with pytest.raises(InvalidInput):
        choices.ship(NAME, "east/p", "why not", "u-ada")
    assert choices.on_record(NAME, 50).ships == []


def test_a_choice_on_other_scores_is_not_current(choices: CellChoices, bench: BenchContext) -> None:
    """It stays in the list, and ships no cell any more."""
    before = ChoiceRecord("other", 9, "ship", "south/p", 0.2, {}, 1, 45, "u-ada", "2026-01-01T00:00:00+00:00")
    add_records(bench.home, NAME, [before])
    assert [each.is_current for each in choices.on_record(NAME, 50).choices] == [False]
    with pytest.raises(Conflict):
        choices.ship(NAME, "south/p", None, "u-ada")
