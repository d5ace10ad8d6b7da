"""The page of a choice over the schema: the document of the command line, with its audit row and its failures."""

from resources.choosing.administration import CellChoices
from tests.api.types.choosing.answers import FAILURE, answer_of
from tests.resources.choosing.outputs import NAME


def test_the_page_is_of_the_choice_that_goes_on_record_once(choices: CellChoices) -> None:
    """Choosing and writing the page by the same options is one choice, given beside it; audit rows name no cell."""
    options = f'experiment: "{NAME}", options: {{margin: 0.2}}'
    answer_of(choices, f"mutation {{ chooseCell({options}) {{ __typename }} }}")
    page, context = answer_of(
        choices,
        f"mutation {{ writeChoicePage({options}) {{ ... on ChoiceDocument {{ html choice {{ cell dataHash }} }} }} }}",
    )
    choice = page["writeChoicePage"]["choice"]
    assert choice["cell"] == "south/p"
    html = page["writeChoicePage"]["html"]
    assert html.startswith("<!doctype html>")
    assert "Ship south/p" in html
    assert "<script" not in html
    assert (context.noted.target, context.noted.after) == (NAME, {"decision": "tie", "data": choice["dataHash"][:16]})
    seen = answer_of(choices, f'{{ choices(experiment: "{NAME}") {{ choices {{ cell }} }} }}')[0]
    assert seen["choices"]["choices"] == [{"cell": "south/p"}]


def test_an_option_that_cannot_be_used_writes_no_page(choices: CellChoices) -> None:
    """It is named as chooseCell names it."""
    call = f'writeChoicePage(experiment: "{NAME}", options: {{margin: -1}})'
    data = answer_of(choices, f"mutation {{ {call} {{ {FAILURE} }} }}")[0]
    assert data["writeChoicePage"] == {"code": "INVALID_INPUT", "path": ["margin"]}
