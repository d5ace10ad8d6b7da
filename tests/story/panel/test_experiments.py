"""The list of experiments in Chromium: what it shows, how it is searched, and what it looks like."""

import re

import pytest
from playwright.sync_api import expect

from tests.story.panel.conftest import JUDGED
from tests.story.panel.pages import Panel

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_row_says_who_leads_and_how_surely(panel: Panel) -> None:
    """State, leader with interval, how many others it cannot be told from, and a link to the report."""
    row = panel.page.get_by_role("row").filter(has_text=JUDGED)
    for words in ("judged", "template / ", " to ", "by the automatic judge"):
        expect(row).to_contain_text(words)
    expect(row.locator(f"a[href='/api/bench/report/{JUDGED}']")).to_be_visible()
    panel.assert_quiet()


def test_the_search_stands_in_the_address(panel: Panel) -> None:
    """Typing filters, the address says it, and opening that address shows the same."""
    panel.page.get_by_role("searchbox").press_sequentially("nothing-like-this")
    panel.sees("No experiment is like that")
    panel.at("/?search=nothing-like-this")
    panel.open("/?search=JUDGED&order=name")
    panel.sees(JUDGED)
    expect(panel.page.get_by_role("searchbox")).to_have_value("JUDGED")
    panel.assert_quiet()


def test_archiving_is_confirmed_and_can_be_left(panel: Panel) -> None:
    """Enter on the button opens a question; Escape leaves everything as it was and gives the focus back."""
    button = panel.page.get_by_role("button", name=re.compile("^Archive"))
    button.press("Enter")
    panel.sees("Archive for good?")
    panel.assert_accessible()
    panel.page.keyboard.press("Escape")
    expect(panel.page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    panel.sees(JUDGED)


def test_it_is_accessible_in_both_themes_and_on_a_phone(panel: Panel) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels and at twice the size, and a quiet console."""
    panel.assert_fit("/")


def test_the_files_are_small_and_stay(panel: Panel) -> None:
    """They come compressed and immutable; the scripts of the first page take at most 200 KB."""
    sizes = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.js')).map(e => e.encodedBodySize)"
    assert 0 < sum(panel.page.evaluate(sizes)) < 200_000
    script = panel.page.evaluate("document.querySelector('script[type=module]').src")
    head = f"fetch({script!r}).then(a => [a.headers.get('content-encoding'), a.headers.get('cache-control')])"
    coding, cached = panel.page.evaluate(head)
    assert coding in {"br", "gzip"}
    assert "immutable" in cached
