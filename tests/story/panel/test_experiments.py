"""The list of experiments in Chromium: what it shows, how it is searched, and what it looks like."""

import pytest

from tests.story.panel.conftest import JUDGED
from tests.story.panel.pages import NARROW, WIDE, Panel

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_row_says_who_leads_and_how_surely(panel: Panel) -> None:
    """State, leader with interval, how many others it cannot be told from, and a link to the report."""
    row = panel.tab.ask("document.querySelector('tbody tr').innerText")
    assert JUDGED in row
    assert "judged" in row
    assert "template / " in row
    assert " to " in row
    assert "by the automatic judge" in row
    assert panel.tab.ask(f"!!document.querySelector('a[href=\"/api/bench/report/{JUDGED}\"]')")
    panel.assert_quiet()


def test_the_search_stands_in_the_address(panel: Panel) -> None:
    """Typing filters, the address says it, and opening that address shows the same."""
    panel.tab.ask("document.querySelector('input[type=search]').focus()")
    panel.type("nothing-like-this")
    panel.tab.until_seen("No experiment is like that")
    assert panel.tab.ask("location.search") == "?search=nothing-like-this"
    panel.open("/?search=JUDGED&order=name")
    panel.tab.until_seen(JUDGED)
    assert panel.tab.ask("document.querySelector('input[type=search]').value") == "JUDGED"
    panel.assert_quiet()


def test_archiving_is_confirmed_and_can_be_left(panel: Panel) -> None:
    """Enter on the button opens a question; Escape leaves everything as it was and gives the focus back."""
    panel.tab.ask("document.querySelector('[aria-label^=Archive]').focus()")
    panel.key("Enter", 13, "\r")
    panel.tab.until_seen("Archive for good?")
    panel.assert_accessible()
    panel.key("Escape", 27)
    panel.tab.until("!document.querySelector('dialog[open]')")
    panel.tab.until(f"document.activeElement.ariaLabel === 'Archive {JUDGED}'")
    assert JUDGED in panel.tab.sight()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_in_both_themes_and_on_a_phone(panel: Panel, theme: str) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels, and a quiet console."""
    for size in (WIDE, NARROW):
        panel.looks(theme, size)
        panel.open("/")
        panel.assert_accessible()
    panel.assert_quiet()


def test_the_files_are_small_and_stay(panel: Panel) -> None:
    """They come compressed and immutable; the scripts of the first page take at most 200 KB."""
    sizes = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.js')).map(e => e.encodedBodySize)"
    assert 0 < sum(panel.tab.ask(sizes)) < 200_000
    script = panel.tab.ask("document.querySelector('script[type=module]').src")
    head = f"fetch({script!r}).then(a => [a.headers.get('content-encoding'), a.headers.get('cache-control')])"
    coding, cached = panel.tab.ask(head)
    assert coding in {"br", "gzip"}
    assert "immutable" in cached
