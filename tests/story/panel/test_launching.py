"""From the form to the leaderboard in Chromium, as somebody goes who has read nothing."""

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.story.panel.pages import Panel
from tests.story.panel.shared.home import JUDGED, Shared
from tests.story.peers.up import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAME = "tip-bench-by-hand"


def test_a_launch_is_planned_checked_followed_and_read(panel: Panel) -> None:
    """A wrong value is said at its field, the plan stands before the button, the run is followed to its leaderboard."""
    page = panel.page
    panel.open("/launch")
    panel.field("Name").fill(NAME)
    for choice in ("template", "terse", "coach"):
        page.get_by_label(choice, exact=True).check()
    panel.field("Scenarios").fill("6")
    panel.field("Judges").fill("heuristics=program")
    panel.field("Tips each").fill("0")
    panel.sees("Tips each is 0: use a number from 1 to 1000")
    expect(panel.field("Tips each")).to_have_attribute("aria-invalid", "true")
    panel.field("Tips each").fill("1")
    expect(page.get_by_role("complementary")).to_contain_text("$0.00")
    panel.named("Launch: ask 12 generations").wait_for()
    panel.assert_accessible()
    panel.press("Launch: ask 12 generations")
    panel.at(f"/experiments/{NAME}")
    panel.sees("The last run is done")
    panel.sees("12 of 12")
    panel.press("Leaderboard")
    panel.sees("The judge is automatic")
    panel.ready()
    panel.assert_quiet()


def test_each_cell_is_counted_while_it_is_collected(panel: Panel, shared: Shared) -> None:
    """Of a model that answers some of it: what each cell has, before any of it is stored; which model is waited for."""
    page = panel.page
    shared.models.held_from = shared.models.requested.total() + 3
    try:
        panel.open("/launch")
        panel.field("Name").fill("tip-bench-by-cell")
        for choice in ("plain", "terse", "coach"):
            page.get_by_label(choice, exact=True).check()
        panel.field("Scenarios").fill("4")
        panel.field("Judges").fill("heuristics=program")
        panel.press("Launch: ask 8 generations")
        panel.sees("3 of 8")
        counted = page.get_by_role("region", name="Cells").locator(".num-left")
        expect(counted).to_have_count(2)
        wait_for(lambda: sum(int(text.partition(" of 4")[0]) for text in counted.all_inner_texts()) == 3)
        panel.assert_accessible()
    finally:
        shared.models.held_from = None
    panel.sees("The last run is done")
    expect(counted).to_have_text(["4 of 4", "4 of 4"])
    panel.assert_quiet()


def test_nothing_typed_is_lost_when_the_session_ends(panel: Panel) -> None:
    """The form stays as it was, the page says how to sign in again, and a reload brings the form back."""
    page = panel.page
    panel.open("/launch")
    panel.field("Name").fill("tip-bench-unlaunched")
    panel.sees("Launch: ask")
    panel.end_session()
    panel.field("Scenarios").fill("3")
    panel.sees("Your session has ended")
    expect(panel.field("Name")).to_have_value("tip-bench-unlaunched")
    assert "tip-bench-unlaunched" in page.evaluate("sessionStorage.getItem('launch-draft')")


def test_again_with_one_more_prompt_begins_with_what_was(panel: Panel) -> None:
    """The form has models and prompts of the experiment that is extended, and the next free name."""
    panel.open(f"/experiments/{JUDGED}")
    panel.press("Again, with more")
    expect(panel.field("Name")).to_have_value(f"{JUDGED}-2")
    expect(panel.page.locator(".choices input:checked")).to_have_count(3)
    chosen = "[...document.querySelectorAll('.choices input:checked')].map(each => each.labels[0].innerText)"
    assert panel.page.evaluate(chosen) == ["template", "coach", "terse"]
    expect(panel.page.get_by_role("combobox", name="Extends")).to_have_value(JUDGED)
    panel.assert_quiet()


def test_a_launch_whose_answer_was_lost_is_the_same_launch_after_a_reload(panel: Panel) -> None:
    """The server has taken it: sent again it has the same key, and there is one run."""
    page, name, keys = panel.page, "tip-bench-answer-lost", []

    def lose(route: Route) -> None:
        sent: Any = route.request.post_data_json
        is_launch = sent["operationName"] == "Launch"
        if is_launch:
            keys.append(sent["variables"]["key"])
        if is_launch and len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/graphql", lose)
    panel.open("/launch")
    panel.field("Name").fill(name)
    for choice in ("template", "terse", "coach"):
        page.get_by_label(choice, exact=True).check()
    panel.field("Scenarios").fill("2")
    panel.named("Launch: ask 4 generations").click()
    panel.sees("The server does not answer")
    page.reload()
    panel.ready()
    expect(panel.field("Name")).to_have_value(name)
    button = page.get_by_role("button", name=re.compile("^Launch"))
    expect(button).to_be_enabled()
    button.click()
    panel.at(f"/experiments/{name}")
    panel.sees("The last run is done")
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert page.get_by_role("heading", name="Earlier runs").count() == 0


def test_what_was_typed_comes_back_when_another_draft_took_its_place(panel: Panel) -> None:
    """Extending an experiment and starting over say so, and give back what was there."""
    page = panel.page
    panel.open("/launch")
    panel.field("Name").fill("tip-bench-half-typed")
    panel.open(f"/launch?extends={JUDGED}")
    panel.sees("in place of what you had typed")
    expect(panel.field("Name")).to_have_value(f"{JUDGED}-2")
    panel.press("Bring it back")
    expect(panel.field("Name")).to_have_value("tip-bench-half-typed")
    panel.press("Start over")
    expect(panel.field("Name")).to_have_value("")
    panel.press("Bring it back")
    expect(panel.field("Name")).to_have_value("tip-bench-half-typed")
    panel.assert_accessible()
    panel.assert_quiet()
    page.evaluate("sessionStorage.clear()")


@pytest.mark.parametrize("path", ["/launch", f"/experiments/{JUDGED}", f"/experiments/{JUDGED}/leaderboard?slice=area"])
def test_pages_are_accessible_in_both_themes_and_on_a_phone(panel: Panel, path: str) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels and at twice the size, and a quiet console."""
    panel.assert_fit(path)


def test_the_address_of_a_leaderboard_brings_the_view_back(panel: Panel) -> None:
    """Order and columns stand in the address; a heading is a button that says how the table is sorted."""
    panel.open(f"/experiments/{JUDGED}/leaderboard")
    panel.press("Cell")
    panel.at(f"/experiments/{JUDGED}/leaderboard?sort=cell")
    expect(panel.page.locator("th[aria-sort]")).to_have_text("Cell↓")
    panel.open(f"/experiments/{JUDGED}/leaderboard?sort=cell&order=reversed&view=details")
    expect(panel.page.locator("th.cell .name")).to_have_text(["template / terse", "template / coach"])
    panel.sees("Words a tip")
    panel.open(f"/experiments/{JUDGED}/leaderboard?slice=area")
    panel.sees("Exploratory")
    panel.open(f"/experiments/{JUDGED}/leaderboard?judges=program")
    panel.sees("Computed just now")
    panel.assert_quiet()


def test_what_is_not_there_is_said(panel: Panel) -> None:
    """An experiment without a run, an unknown one and an unknown snapshot have a sentence, and a way on."""
    panel.open(f"/experiments/{JUDGED}")
    panel.sees("No run of it is known here: it was made on the command line")
    panel.open("/experiments/tip-bench-none")
    panel.sees("There is no such page")
    panel.open(f"/experiments/{JUDGED}/leaderboard?at=0123456789abcdef")
    panel.sees("Show it as published")
    panel.press("Show it as published")
    panel.sees("The judge is automatic")
