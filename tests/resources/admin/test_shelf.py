"""The catalog's shelf."""

import json

import pytest

from contracts.refusals import Conflict, InvalidInput
from resources.admin.shelf import CatalogShelf
from resources.house import House

PROMPT = '+++\nname = "mine"\nversion = "2"\ndescription = "Mine"\nmode = "chat"\n+++\n## user\n{{ situation }}\n'
RUBRIC = (
    'name = "mine"\nversion = "1"\n[scale]\nlow = 0\nhigh = 10\n[[criteria]]\nname = "good"\ndescription = "Good?"\n'
)


def test_the_shelf_lists_what_the_layers_hold(house: House) -> None:
    """Every packaged entry is there with its hash and its layer."""
    shelf = CatalogShelf(house)
    assert {"gemma3-270m", "template"} <= {model.name for model in shelf.models()}
    assert len(shelf.scenarios()) >= 60
    assert {entry.origin for entry in [*shelf.prompts(), *shelf.scenarios(), *shelf.rubrics()]} == {"packaged"}
    assert all(len(entry.hash) == 64 for entry in shelf.prompts())


def test_a_prompt_added_is_in_the_catalog_at_once(house: House) -> None:
    """It can be benchmarked, and adding the same text again changes nothing."""
    shelf = CatalogShelf(house)
    added = shelf.add_prompt(PROMPT)
    assert (added.name, added.version, added.origin) == ("mine", "2", "home")
    assert house.catalog().prompt("mine").version == "2"
    assert shelf.add_prompt(PROMPT) == added


def test_a_version_never_changes(house: House) -> None:
    """Other content under a name and version in use is refused, packaged ones included."""
    shelf = CatalogShelf(house)
    shelf.add_prompt(PROMPT)
    with pytest.raises(Conflict, match="versions never change"):
        shelf.add_prompt(PROMPT.replace("situation", "context"))
    packaged = next(entry for entry in shelf.prompts() if entry.origin == "packaged")
    with pytest.raises(Conflict):
        shelf.add_prompt(PROMPT.replace("mine", packaged.name).replace('"2"', f'"{packaged.version}"'))


def test_a_rubric_and_a_scenario_are_added(house: House) -> None:
    """Both stand in the home's layer afterwards."""
    shelf = CatalogShelf(house)
    assert shelf.add_rubric(RUBRIC).name == "mine"
    scenario = {**shelf.scenarios()[0].content, "id": "new-one"}
    assert shelf.add_scenario(scenario).name == "new-one"
    assert [entry.name for entry in shelf.scenarios() if entry.origin == "home"] == ["new-one"]
    assert house.catalog().rubric("mine").scale.high == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no front matter", "front matter"),
        (PROMPT.replace("situation", "secrets"), "unknown variable"),
        (PROMPT.replace('"mine"', '"../../mine"'), "letters"),
        (PROMPT + "x" * 70_000, "bytes long"),
    ],
)
def test_a_broken_prompt_says_what_is_wrong(house: House, text: str, said: str) -> None:
    """The field is named and nothing is written."""
    with pytest.raises(InvalidInput, match=said) as refused:
        CatalogShelf(house).add_prompt(text)
    assert refused.value.path == ("text",)
    assert not (house.home.catalog / "prompts").exists()


def test_a_broken_scenario_is_refused(house: House) -> None:
    """What a file would be refused for, and lines within text that would be two entries, are refused here too."""
    shelf = CatalogShelf(house)
    good = shelf.scenarios()[0].content
    for broken in (
        {**good, "id": "X Y"},
        {**good, "weekday": "Noday"},
        {"id": "a"},
        {},
        {**good, "id": "a", "hour": 10**30},
    ):
        with pytest.raises(InvalidInput):
            shelf.add_scenario(json.loads(json.dumps(broken)))
