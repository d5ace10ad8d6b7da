"""The tips in Chromium: listed, searched, and beside each other for one situation; hostile text is only text."""

import re

import pytest
from playwright.sync_api import expect

from tests.story.panel.pages import Panel
from tests.story.panel.shared.adopted import ELSEWHERE as NAME
from tests.story.panel.shared.adopted import SLEEPS_BADLY

pytestmark = [pytest.mark.slow, pytest.mark.browser]
TIPS = f"/experiments/{NAME}/tips"


def test_tips_are_listed_searched_and_seen_beside_each_other(panel: Panel) -> None:
    """By keyboard alone: from the list to one situation with all cells, scores by judge, and back by the browser."""
    page = panel.page
    panel.open(f"/experiments/{NAME}")
    panel.press("Tips")
    panel.sees("24 tips")
    page.get_by_role("searchbox").press_sequentially("plain week 5")
    panel.sees("1 tip.")
    panel.at(f"{TIPS}?search=plain+week+5")
    page.get_by_role("region", name="Tips").get_by_role("link").press("Enter")
    panel.at(f"{TIPS}?search=plain+week+5&scenario=s5")
    panel.sees("I sleep badly, week 5")
    expect(page.get_by_role("article")).to_have_count(3)
    card = page.get_by_role("article", name="plain/coach")
    for words in ("Walk for 5 minutes", "anna (human) 3", "bert (human) 5", "2 judges, 2", "$0.001"):
        expect(card).to_contain_text(words)
    page.get_by_role("combobox", name="Mark words").click()
    page.get_by_role("option", name="third/coach").click()
    expect(card.locator("ins")).to_have_text("5")
    expect(card.locator("del")).to_have_text("21")
    page.go_back()
    panel.sees("1 tip.")
    panel.assert_quiet()


def test_the_list_is_where_it_was_after_a_situation(panel: Panel) -> None:
    """By its link and by the browser's way back: scrolled as far, with the focus where it was."""
    box = panel.page.get_by_role("region", name="Tips")
    row, second = (box.locator(f"[aria-posinset='{place}'] a") for place in (1, 2))
    panel.open(f"{TIPS}?order=situation")
    row.focus()
    box.evaluate("each => { each.scrollTop = each.scrollHeight }")
    expect(second).to_have_count(0)
    expect(row).to_be_focused()
    row = box.locator("[aria-posinset='15'] a")
    box.evaluate("each => { each.scrollTop = 1000 }")
    row.press("Enter")
    expect(panel.page.get_by_role("article")).to_have_count(3)
    panel.press("All tips")
    expect(row).to_be_focused()
    expect(box).to_have_js_property("scrollTop", 1000)
    panel.page.keyboard.press("Enter")
    expect(panel.page.get_by_role("article")).to_have_count(3)
    panel.page.go_back()
    expect(row).to_be_focused()
    expect(box).to_have_js_property("scrollTop", 1000)
    panel.page.get_by_role("searchbox").fill("third")
    panel.sees("8 tips.")
    expect(panel.page.get_by_role("searchbox")).to_be_focused()
    panel.assert_quiet()


def test_a_situation_is_told_in_words(panel: Panel) -> None:
    """Facts have names, units and local times; each runs in its own direction, and what is empty is left out."""
    panel.open(f"{TIPS}?scenario=s7")
    situation = panel.page.get_by_role("region", name="Situation s7")
    facts = situation.locator("dl > div")
    expect(facts.filter(has_text="must not be told")).to_be_visible()
    shown = dict(zip(facts.locator("dt").all_inner_texts(), facts.locator("dd").all_inner_texts(), strict=True))
    assert shown["weather"] == "rain, 7 °C, wind 20 km/h"
    assert shown["calendar"].endswith("امتحان")
    assert re.search("9:00.* to .*11:30", shown["calendar"])
    assert shown["must not be told"] == "قهوة, screens in bed"
    assert "goals" not in shown
    runs = "each => getComputedStyle(each).direction"
    assert situation.get_by_text(SLEEPS_BADLY).evaluate(runs) == "rtl"
    assert facts.filter(has_text="rain, 7 °C").locator("bdi").evaluate(runs) == "ltr"
    panel.assert_accessible()
    panel.assert_quiet()


def test_orders_and_failures_have_addresses(panel: Panel) -> None:
    """Judges furthest apart begin with the one on which they differ; what failed says why."""
    first = panel.page.get_by_role("region", name="Tips").get_by_role("listitem").first
    panel.open(f"{TIPS}?order=apart")
    expect(first).to_contain_text("Walk for 5 minutes")
    panel.open(f"{TIPS}?shown=failed")
    panel.sees("1 tip.")
    expect(first).to_contain_text("failed")
    panel.assert_quiet()


def test_hostile_text_is_shown_as_text(panel: Panel) -> None:
    """In the list, beside the others and in the raw answer; nothing of it runs, loads or becomes a link."""
    for path in (
        f"{TIPS}?search=onerror",
        f"{TIPS}?scenario=s0&beside=third/coach",
        f"/experiments/{NAME}/leaderboard",
        "/",
    ):
        panel.open(path)
        panel.page.wait_for_load_state("networkidle")
        assert "ran" not in panel.page.title().split()
        assert panel.page.locator("main img, main a[href^='javascript']").count() == 0
    panel.open(f"{TIPS}?scenario=s0")
    panel.page.get_by_role("article", name="plain/coach").get_by_text("The answer as it came").click()
    expect(panel.page.locator("pre", has_text="onerror")).to_be_visible()
    panel.assert_quiet()


@pytest.mark.parametrize("path", [TIPS, f"{TIPS}?scenario=s1&beside=plain/coach"])
def test_they_are_accessible_in_both_themes_and_on_a_phone(panel: Panel, path: str) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels and at twice the size, and a quiet console."""
    panel.assert_fit(path)
