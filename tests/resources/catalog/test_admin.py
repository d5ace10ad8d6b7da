"""Changing the catalog's entries."""

import json

import pytest

from contracts.refusals import Conflict, InvalidInput
from resources.bench_context import BenchContext
from resources.catalog.admin import LayeredCatalogAdmin

PROMPT = '+++\nname = "mine"\nversion = "2"\ndescription = "Mine"\nmode = "chat"\n+++\n## user\n{{ situation }}\n'
RUBRIC = (
    'name = "mine"\nversion = "1"\n[scale]\nlow = 0\nhigh = 10\n[[criteria]]\nname = "good"\ndescription = "Good?"\n'
)


def test_the_catalog_lists_what_the_layers_hold(bench: BenchContext) -> None:
    """Every packaged entry is there with its hash and its layer."""
    catalog_admin = LayeredCatalogAdmin(bench)
    assert {"gemma3-270m", "template"} <= {model.name for model in catalog_admin.models()}
    assert len(catalog_admin.scenarios()) >= 60
    assert {
        entry.origin for entry in [*catalog_admin.prompts(), *catalog_admin.scenarios(), *catalog_admin.rubrics()]
    } == {"packaged"}
    assert all(len(entry.hash) == 64 for entry in catalog_admin.prompts())


def test_a_prompt_added_is_in_the_catalog_at_once(bench: BenchContext) -> None:
    """It can be benchmarked; adding the same text again, also as another editor saves it, changes nothing."""
    catalog_admin = LayeredCatalogAdmin(bench)
    added = catalog_admin.add_prompt(PROMPT)
    assert (added.name, added.version, added.origin) == ("mine", "2", "home")
    assert bench.catalog().prompt("mine").version == "2"
    assert catalog_admin.add_prompt(PROMPT) == added
    assert catalog_admin.add_prompt("\ufeff" + PROMPT.replace("\n", "\r\n")) == added


def test_a_version_never_changes(bench: BenchContext) -> None:
    """Other content under a name and version in use is refused, packaged ones included."""
    catalog_admin = LayeredCatalogAdmin(bench)
    catalog_admin.add_prompt(PROMPT)
    with pytest.raises(Conflict, match="versions never change"):
        catalog_admin.add_prompt(PROMPT.replace("situation", "context"))
    packaged = next(entry for entry in catalog_admin.prompts() if entry.origin == "packaged")
    with pytest.raises(Conflict):
        catalog_admin.add_prompt(PROMPT.replace("mine", packaged.name).replace('"2"', f'"{packaged.version}"'))


def test_a_rubric_and_a_scenario_are_added(bench: BenchContext) -> None:
    """Both stand in the home's layer afterwards."""
    catalog_admin = LayeredCatalogAdmin(bench)
    assert catalog_admin.add_rubric(RUBRIC).name == "mine"
    scenario = {**catalog_admin.scenarios()[0].content, "id": "new-one"}
    assert catalog_admin.add_scenario(scenario).name == "new-one"
    assert [entry.name for entry in catalog_admin.scenarios() if entry.origin == "home"] == ["new-one"]
    assert bench.catalog().rubric("mine").scale.high == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no front matter", "front matter"),
        (PROMPT.replace("situation", "secrets"), "unknown variable"),
        (PROMPT.replace('"mine"', '"../../mine"'), "letters"),
        (PROMPT + "x" * 70_000, "bytes long"),
    ],
)
def test_a_broken_prompt_says_what_is_wrong(bench: BenchContext, text: str, said: str) -> None:
    """The field is named and nothing is written."""
    with pytest.raises(InvalidInput, match=said) as refused:
        LayeredCatalogAdmin(bench).add_prompt(text)
    assert refused.value.path == ("text",)
    assert not (bench.home.catalog / "prompts").exists()


def test_a_broken_scenario_is_refused(bench: BenchContext) -> None:
    """What a file would be refused for, and lines within text that would be two entries, are refused here too."""
    catalog_admin = LayeredCatalogAdmin(bench)
    good = catalog_admin.scenarios()[0].content
    for broken in (
        {**good, "id": "X Y"},
        {**good, "weekday": "Noday"},
        {"id": "a"},
        {},
        {**good, "id": "a", "hour": 10**30},
    ):
        with pytest.raises(InvalidInput):
            catalog_admin.add_scenario(json.loads(json.dumps(broken)))
