"""Choices over the schema: what was found and by what, with its audit row and its failures."""

import pytest

from resources.choosing.administration import CellChoices
from tests.api.types.choosing.answers import FAILURE, answer_of
from tests.resources.choosing.outputs import NAME

CHOSEN = "... on CellChoice { decision cell equalTo scenarios judgeKind judges look { number of } aside { cell } }"


def test_a_cell_is_chosen_and_on_record(choices: CellChoices) -> None:
    """The audit row has the decision and no cell's name; the list has all that it was made by."""
    options = 'options: {margin: 0.2, floors: [{criterion: "clear", value: 1.5}]}'
    call = f'chooseCell(experiment: "{NAME}", {options})'
    data, context = answer_of(choices, f"mutation {{ {call} {{ {CHOSEN} {FAILURE} }} }}")
    assert data["chooseCell"] == {
        "decision": "TIE", "cell": "south/p", "equalTo": ["north/p"], "scenarios": 45, "judgeKind": "human",
        "judges": ["anna"], "look": {"number": 1, "of": 1}, "aside": [],
    }  # fmt: skip
    assert context.noted.target == NAME
    assert context.noted.after["decision"] == "tie"
    assert "south" not in str(context.noted)
    shown = "choices { decision cell isCurrent options { name value } author } ships { cell } champion { here }"
    seen = answer_of(choices, f'{{ choices(experiment: "{NAME}") {{ {shown} }} }}')[0]["choices"]
    assert (seen["ships"], seen["champion"]) == ([], None)
    (record,) = seen["choices"]
    assert {"name": "floor clear", "value": "1.5"} in record["options"]
    assert (record["isCurrent"], record["author"]) == (True, context.known.subject)


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ("margin: -1", ["margin"]),
        ("margin: 0.2, maxCostPer1k: -1", ["maxCostPer1k"]),
        ("margin: 0.2, maxP95Ms: -0.5", ["maxP95Ms"]),
        ("margin: 0.2, looks: 0", ["looks"]),
        ("margin: 0.2, looks: 101", ["looks"]),
        ("margin: 0.2, looks: 2", ["maxScenarios"]),
        ('margin: 0.2, floors: [{criterion: "clear", value: 1}, {criterion: "clear", value: 2}]', ["floors"]),
        ('margin: 0.2, floors: [{criterion: "clear", value: 9}]', ["floor"]),
        ('margin: 0.2, champion: "no/such"', ["champion"]),
    ],
)
def test_an_option_that_cannot_be_used_is_named(choices: CellChoices, options: str, path: list[str]) -> None:
    """By its field as the schema spells it."""
    call = f'chooseCell(experiment: "{NAME}", options: {{{options}}})'
    data = answer_of(choices, f"mutation {{ {call} {{ {FAILURE} }} }}")[0]
    assert data["chooseCell"] == {"code": "INVALID_INPUT", "path": path}
