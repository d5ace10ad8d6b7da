"""The catalog in Chromium: reading it, comparing versions, and adding one that is checked while it is written."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.story.panel.pages import Panel

pytestmark = [pytest.mark.slow, pytest.mark.browser]
FRONT = (
    '+++\nname = "constraints"\nversion = "1"\ndescription = "Shorter"\nmode = "chat"\n+++\n## user\n{{ situation }}\n'
)


def _editor(panel: Panel) -> Locator:
    return panel.page.locator("textarea")


def test_a_version_is_written_checked_added_and_compared(panel: Panel) -> None:
    """The form begins with the text under the next version, says what is wrong; the new one shows what changed."""
    panel.open("/catalog/prompts/constraints")
    panel.sees("All of these hold: at most two sentences")
    panel.press("New version")
    expect(_editor(panel)).to_have_value(re.compile('version = "2"'))
    expect(panel.named("Add constraints, version 2")).to_be_enabled()
    _editor(panel).fill("+++\nmode = 1\n")
    panel.sees(re.compile("no front matter"))
    expect(panel.named("Add")).to_be_disabled()
    panel.assert_accessible()
    _editor(panel).fill(FRONT)
    panel.sees("constraints version 1 is there with other content, and never changes.")
    panel.press("Use version 2")
    panel.press("Add constraints, version 2")
    panel.at("/catalog/prompts/constraints?version=2")
    panel.open("/catalog/prompts/constraints?version=2&against=1")
    panel.sees("From version 1 to 2")
    expect(panel.page.locator(".diff ins").filter(has_text="Shorter")).to_be_visible()
    panel.assert_quiet()


def test_a_prompt_is_shown_as_a_model_is_sent_it(panel: Panel) -> None:
    """For the first scenario at once, and for one that is chosen, which stands in the address."""
    panel.open("/catalog/prompts/terse")
    sent = panel.page.locator(".message pre").last
    expect(sent).not_to_contain_text("{{")
    first = sent.inner_text()
    panel.page.get_by_role("combobox", name="Scenario").click()
    panel.page.get_by_role("option").nth(3).click()
    expect(panel.page).to_have_url(re.compile(r"\?scenario="))
    expect(sent).not_to_have_text(first)
    panel.assert_quiet()


def test_what_was_typed_survives_a_reload(panel: Panel) -> None:
    """The draft of a scenario lies in the tab's storage, hostile text is text, and adding it leads to its page."""
    panel.open("/catalog/scenarios/new")
    _editor(panel).fill('{"id": "hand-made", "situation": "Rain <b>again</b>."}')
    expect(panel.named("Add hand-made")).to_be_enabled()
    panel.open("/catalog/scenarios/new")
    panel.sees("Rain <b>again</b>.")
    panel.press("Add hand-made")
    panel.at("/catalog/scenarios/hand-made")
    panel.sees("Rain <b>again</b>.")
    panel.assert_quiet()


def test_the_list_is_searched_by_its_address(panel: Panel) -> None:
    """A part of a name, area or text; nothing like it, and no entry of a name, have a sentence."""
    panel.open("/catalog/scenarios?search=travel")
    expect(panel.page.get_by_role("row").filter(has_text="travel").first).to_be_visible()
    expect(panel.page.get_by_role("row").filter(has_text="food,")).to_have_count(0)
    panel.page.get_by_role("searchbox").fill("nothing-like-this")
    panel.sees("Nothing is like that")
    panel.at("/catalog/scenarios?search=nothing-like-this")
    panel.open("/catalog/prompts/nobody")
    panel.sees("There is no such page")


@pytest.mark.parametrize(
    "path",
    [
        "/catalog/prompts",
        "/catalog/prompts/terse",
        "/catalog/prompts/new",
        "/catalog/scenarios",
        "/catalog/rubrics/tips?against=1",
        "/catalog/rubrics/new",
        "/catalog/models",
        "/catalog/judges",
    ],
)
def test_pages_are_accessible_in_both_themes_and_on_a_phone(panel: Panel, path: str) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels and at twice the size, and a quiet console."""
    panel.assert_fit(path)


def test_a_prompt_is_tried_with_its_cost_said_first(panel: Panel) -> None:
    """What is sent and what it may cost stand before the button that says so; then the answer; the address keeps it."""
    panel.open("/catalog/prompts/terse")
    panel.press("Try it")
    panel.page.get_by_role("combobox", name="Model").click()
    panel.page.get_by_role("option", name="plain", exact=True).click()
    button = panel.page.get_by_role("button", name=re.compile(r"^Ask, for at most \$0\.\d+$"))
    expect(button).to_be_enabled()
    panel.sees("What is sent")
    panel.page.get_by_label("Temperature").fill("")
    panel.sees("Write a number from 0 to 2.")
    panel.page.get_by_label("Temperature").fill("0,5")
    expect(panel.page).to_have_url(re.compile(r"prompt=terse%401.*model=plain.*temperature=0%2C5"))
    expect(button).to_be_enabled()
    button.press("Enter")
    expect(panel.page.get_by_role("heading", name="Tip", exact=True)).to_be_visible()
    panel.assert_accessible()
    panel.assert_quiet()


def test_a_prompt_is_tried_before_it_is_added(panel: Panel) -> None:
    """The text in the editor is asked with, and stays there."""
    panel.open("/catalog/prompts/new")
    _editor(panel).fill(FRONT.replace("constraints", "untried").replace("{{ situation }}", "Only this."))
    panel.press("Try it first")
    panel.page.get_by_role("combobox", name="Model").click()
    panel.page.get_by_role("option", name="template", exact=True).click()
    panel.press("Ask, for nothing")
    panel.sees("Only this.")
    expect(panel.page.get_by_role("heading", name="Tip", exact=True)).to_be_visible()
    panel.press("prompt that is not added yet")
    expect(_editor(panel)).to_have_value(re.compile("Only this."))
    panel.assert_quiet()
