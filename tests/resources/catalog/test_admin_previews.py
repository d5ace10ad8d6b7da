"""What a text would be as an entry of the catalog, and the texts that entries were read from."""

import json
from dataclasses import replace

import pytest

from contracts.benchmark.catalog_admin import EntryKind
from contracts.refusals import InvalidInput, NotFound
from resources.bench_context import BenchContext
from resources.catalog.admin import LayeredCatalogAdmin
from resources.collect.bounded.vetting import PromptVetting

PROMPT = '+++\nname = "mine"\nversion = "2"\ndescription = "Mine"\nmode = "chat"\n+++\n## user\n{{ situation }}\n'
RUBRIC = (
    'name = "mine"\nversion = "1"\n[scale]\nlow = 0\nhigh = 10\n[[criteria]]\nname = "good"\ndescription = "Good?"\n'
)


def test_a_prompt_is_rendered_before_it_is_added(bench: BenchContext) -> None:
    """For the scenario that is named, else for the first; nothing is written."""
    catalog = LayeredCatalogAdmin(bench)
    first, second = catalog.scenarios()[:2]
    seen = catalog.preview(EntryKind.PROMPT, PROMPT, None)
    assert (seen.entry.name, seen.entry.version, seen.state, seen.unrendered) == ("mine", "2", "new", None)
    assert [(one.role, one.content) for one in seen.messages] == [("user", first.description)]
    assert catalog.preview(EntryKind.PROMPT, PROMPT, second.name).messages[0].content == second.description
    assert not (bench.home.catalog / "prompts").exists()
    with pytest.raises(NotFound) as refused:
        catalog.preview(EntryKind.PROMPT, PROMPT, "nowhere")
    assert refused.value.path == ("scenario",)


def test_what_a_scenario_lacks_is_said_beside_the_entry(bench: BenchContext) -> None:
    """The prompt is valid, and may suit other scenarios: why it cannot be rendered for this one is a sentence."""
    seen = LayeredCatalogAdmin(bench).preview(EntryKind.PROMPT, PROMPT.replace("situation", "scenario.shoes"), None)
    assert (seen.state, list(seen.messages)) == ("new", [])
    assert "scenario.shoes" in (seen.unrendered or "")


def test_what_is_too_heavy_to_render_is_said_beside_the_entry(bench: BenchContext) -> None:
    """A loop in a loop is rendered beside, and never here; it may be added all the same, as others may be."""
    heavy = PROMPT.replace(
        "{{ situation }}", "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    )
    bounded = replace(bench, vet=PromptVetting(cpu_s=1))
    seen = LayeredCatalogAdmin(bounded).preview(EntryKind.PROMPT, heavy, None)
    assert (seen.state, list(seen.messages)) == ("new", [])
    assert "prompt mine@2: rendering it takes more than 1 s" in (seen.unrendered or "")


def test_a_preview_says_whether_name_and_version_are_free(bench: BenchContext) -> None:
    """New, the same as what is there, or taken by another content, for every kind."""
    catalog = LayeredCatalogAdmin(bench)
    scenario = json.dumps({"id": "new-one", "situation": "Rain."}, indent=2)
    texts = {EntryKind.PROMPT: PROMPT, EntryKind.RUBRIC: RUBRIC, EntryKind.SCENARIO: scenario}
    assert [catalog.preview(kind, text, None).state for kind, text in texts.items()] == ["new", "new", "new"]
    catalog.add_prompt(PROMPT)
    catalog.add_rubric(RUBRIC)
    catalog.add_scenario(json.loads(scenario))
    assert [catalog.preview(kind, text, None).state for kind, text in texts.items()] == ["same", "same", "same"]
    others = {EntryKind.PROMPT: ("situation", "context"), EntryKind.RUBRIC: ("10", "9"), EntryKind.SCENARIO: ("R", "r")}
    changed = [catalog.preview(kind, texts[kind].replace(*pair), None).state for kind, pair in others.items()]
    assert changed == ["taken", "taken", "taken"]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (EntryKind.PROMPT, "no front matter", "front matter"),
        (EntryKind.RUBRIC, RUBRIC.replace("high = 10", "high = -1"), "not under high"),
        (EntryKind.SCENARIO, "{", "not JSON"),
        (EntryKind.SCENARIO, '{"id": "a"}', "situation"),
        (EntryKind.SCENARIO, "[" * 100_000, "not JSON"),
        (EntryKind.PROMPT, PROMPT + "x" * 70_000, "bytes long"),
    ],
)
def test_all_that_is_wrong_is_said(bench: BenchContext, kind: EntryKind, text: str, said: str) -> None:
    """As the entry would be refused when added, about the text."""
    with pytest.raises(InvalidInput, match=said) as refused:
        LayeredCatalogAdmin(bench).preview(kind, text, None)
    assert refused.value.path == ("text",)


def test_a_new_version_begins_with_the_text_of_an_old_one(bench: BenchContext) -> None:
    """The file as it stands, of the layer in force; scenarios have none, and what is not there has none."""
    catalog = LayeredCatalogAdmin(bench)
    catalog.add_prompt(PROMPT)
    found = catalog.texts(
        [("prompt", "mine", "2"), ("rubric", "tips", "2"), ("scenario", "x", "1"), ("prompt", "no", "1")]
    )
    assert found[0] == PROMPT
    assert 'version = "2"' in (found[1] or "")
    assert found[2:] == [None, None]
