"""Hand-overs over the schema: by a decision or a reason, with both files, and taken back."""

from typing import Any

from resources.choosing.administration import CellChoices
from tests.api.types.choosing.answers import FAILURE, answer_of
from tests.resources.choosing.outputs import NAME

SHIPPED = "... on ShippedCell { cell verdict anyway replaces promptMd }"
UNDONE = "... on UndoneShip { experiment again { cell } }"


def test_a_cell_is_shipped_and_taken_back(choices: CellChoices) -> None:
    """By the decision for it, which the audit row names; a second time there is nothing to take back."""
    choose = f'chooseCell(experiment: "{NAME}", options: {{margin: 0.2}})'
    answer_of(choices, f"mutation {{ {choose} {{ __typename }} }}")
    ship = f'mutation {{ shipCell(experiment: "{NAME}", cell: "south/p") {{ {SHIPPED} {FAILURE} }} }}'
    data, context = answer_of(choices, ship)
    assert data["shipCell"]["verdict"] == "tie"
    assert data["shipCell"]["promptMd"].startswith("# south/p\n")
    assert (context.noted.target, context.noted.after) == (NAME, {"verdict": "tie"})
    seen = answer_of(
        choices, f'{{ choices(experiment: "{NAME}") {{ ships {{ cell isUndone }} champion {{ here }} }} }}'
    )[0]
    assert seen["choices"] == {"ships": [{"cell": "south/p", "isUndone": False}], "champion": {"here": "south/p"}}
    undo = f'mutation {{ undoShip(experiment: "{NAME}") {{ {UNDONE} {FAILURE} }} }}'
    assert answer_of(choices, undo)[0]["undoShip"] == {"experiment": NAME, "again": None}
    assert answer_of(choices, undo)[0]["undoShip"] == {"code": "CONFLICT", "path": ["experiment"]}


def test_no_cell_is_shipped_without_a_decision_or_a_reason(choices: CellChoices) -> None:
    """The reason is bounded, and is on record."""
    call = 'shipCell(experiment: "%s", cell: "north/p"%s)'

    def said(reason: str) -> Any:
        return answer_of(choices, f"mutation {{ {call % (NAME, reason)} {{ {SHIPPED} {FAILURE} }} }}")[0]["shipCell"]

    assert said("")["code"] == "CONFLICT"
    assert said(f', anyway: "{"x" * 1_001}"')["path"] == ["anyway"]
    assert said(', anyway: "A promise."')["anyway"] == "A promise."
