"""From the form to the leaderboard in Chromium, as somebody goes who has read nothing."""

import pytest

from tests.story.panel.conftest import JUDGED
from tests.story.panel.pages import NARROW, WIDE, Panel

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAME = "tip-bench-by-hand"


def test_a_launch_is_planned_checked_followed_and_read(panel: Panel) -> None:
    """A wrong value is said at its field, the plan stands before the button, the run is followed to its leaderboard."""
    panel.open("/launch")
    panel.fill("Name", NAME)
    for choice in ("template", "terse", "coach"):
        panel.choose(choice)
    panel.fill("Scenarios", "6")
    panel.fill("Judges", "heuristics=program")
    panel.fill("Tips each", "0")
    panel.tab.until_seen("n_tips is 0: use a number from 1 to 1000")
    assert panel.tab.ask(f"{panel.field('Tips each')}.getAttribute('aria-invalid')") == "true"
    panel.fill("Tips each", "1")
    panel.tab.until_seen("Launch: ask 12 generations")
    assert panel.tab.ask("document.querySelector('aside').innerText.includes('$0.00')")
    panel.assert_accessible()
    panel.tab.press("Launch: ask 12 generations")
    panel.tab.until(f"location.pathname === '/experiments/{NAME}'")
    panel.tab.until_seen("The last run is done")
    panel.tab.until_seen("12 of 12")
    panel.tab.press("Leaderboard")
    panel.tab.until_seen("The judge is automatic")
    panel.ready()
    panel.assert_quiet()


def test_nothing_typed_is_lost_when_the_session_ends(panel: Panel) -> None:
    """The form stays as it was, the page says how to sign in again, and a reload brings the form back."""
    panel.open("/launch")
    panel.fill("Name", "tip-bench-unlaunched")
    panel.tab.until_seen("Launch: ask")
    signing_out = (
        "fetch('/auth/sign-out', {method: 'POST', headers: {'x-tipbench': '1'}}).then(answer => answer.status)"
    )
    assert panel.tab.until(signing_out) < 300
    panel.fill("Scenarios", "3")
    panel.tab.until_seen("Your session has ended")
    assert panel.tab.ask(f"{panel.field('Name')}.value") == "tip-bench-unlaunched"
    assert "tip-bench-unlaunched" in panel.tab.ask("sessionStorage.getItem('launch-draft')")


def test_again_with_one_more_prompt_begins_with_what_was(panel: Panel) -> None:
    """The form has models and prompts of the experiment that is extended, and the next free name."""
    panel.open(f"/experiments/{JUDGED}")
    panel.tab.press("Again, with more")
    panel.tab.until(f"{panel.field('Name')}?.value === '{JUDGED}-2'")
    panel.ready()
    chosen = "[...document.querySelectorAll('.choices input:checked')].map(each => each.labels[0].innerText)"
    assert panel.tab.ask(chosen) == ["template", "coach", "terse"]
    assert panel.tab.ask(f"{panel.field('Extends')}.value") == JUDGED
    panel.assert_quiet()


@pytest.mark.parametrize("path", ["/launch", f"/experiments/{JUDGED}", f"/experiments/{JUDGED}/leaderboard?slice=area"])
def test_pages_are_accessible_in_both_themes_and_on_a_phone(panel: Panel, path: str) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels, and a quiet console."""
    for theme, size in (("light", WIDE), ("dark", NARROW), ("dark", WIDE), ("light", NARROW)):
        panel.looks(theme, size)
        panel.open(path)
        panel.assert_accessible()
    panel.assert_quiet()


def test_the_address_of_a_leaderboard_brings_the_view_back(panel: Panel) -> None:
    """Order and columns stand in the address; a heading is a button that says how the table is sorted."""
    panel.open(f"/experiments/{JUDGED}/leaderboard")
    panel.tab.press("Cell")
    panel.tab.until("location.search === '?sort=cell'")
    assert panel.tab.ask("document.querySelector('th[aria-sort]').innerText.trim().startsWith('Cell')")
    panel.open(f"/experiments/{JUDGED}/leaderboard?sort=cell&order=reversed&view=details")
    cells = "[...document.querySelectorAll('th.cell .name')].map(each => each.innerText)"
    assert panel.tab.ask(cells) == ["template / terse", "template / coach"]
    assert "Words a tip" in panel.tab.sight()
    panel.open(f"/experiments/{JUDGED}/leaderboard?slice=area")
    panel.tab.until_seen("Exploratory")
    panel.open(f"/experiments/{JUDGED}/leaderboard?judges=program")
    panel.tab.until_seen("Computed just now")
    panel.assert_quiet()


def test_what_is_not_there_is_said(panel: Panel) -> None:
    """An unknown experiment and an unknown snapshot have a sentence, and a way on."""
    panel.open("/experiments/tip-bench-none")
    panel.tab.until_seen("There is no such page")
    panel.open(f"/experiments/{JUDGED}/leaderboard?at=0123456789abcdef")
    panel.tab.until_seen("Show it as published")
    panel.tab.press("Show it as published")
    panel.tab.until_seen("The judge is automatic")
