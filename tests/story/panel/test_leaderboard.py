"""The leaderboard in Chromium: who beats whom, another baseline, what changed since, and what marks mean."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from tests.story.panel.pages import Panel
from tests.story.panel.shared.adopted import COMPARED as NAME

pytestmark = [pytest.mark.slow, pytest.mark.browser]
BOARD = f"/experiments/{NAME}/leaderboard"


def test_every_pair_says_who_beats_whom(panel: Panel) -> None:
    """A sign, a difference and words for a screen reader in each field; computed when it is wanted."""
    panel.open(BOARD)
    panel.press("Compare every pair")
    row = panel.page.locator("table.meetings tbody tr").filter(has_text="good / coach")
    expect(row.locator("td.better")).to_contain_text("+2.50")
    expect(row.locator("td.better")).to_contain_text("surely better")
    panel.assert_accessible()
    panel.assert_quiet()


def test_a_mark_is_explained_on_focus_and_on_hover(panel: Panel) -> None:
    """In a sentence that describes the mark to a screen reader; Escape takes it away, and the table never cuts it."""
    page = panel.page
    panel.open(BOARD)
    mark, words = page.get_by_role("button", name="too few", exact=True), page.get_by_role("tooltip")
    page.keyboard.press("Tab")
    mark.focus()
    expect(words).to_contain_text("Too few scenarios for an interval")
    expect(mark).to_have_accessible_description("Too few scenarios for an interval.")
    panel.assert_accessible()
    page.keyboard.press("Escape")
    expect(words).to_have_count(0)
    expect(mark).to_have_accessible_description("")
    mark.blur()
    mark.hover()
    expect(words).to_be_in_viewport(ratio=1)
    words.hover()
    expect(words).to_be_visible()
    page.get_by_role("heading", level=1).hover()
    expect(words).to_have_count(0)
    panel.assert_quiet()


def test_pictures_are_drawn_when_they_come_into_view(panel: Panel) -> None:
    """Their names and places are there at once, the plotting library comes when one is near the window."""
    page = panel.page
    panel.looks("light", (1280, 300))
    panel.open(BOARD)
    scores = page.get_by_role("img", name="Scores with 95 % intervals of 3 cells; good / coach is highest")
    assert scores.locator("svg").count() == 0
    scores.scroll_into_view_if_needed()
    expect(scores.locator("svg")).to_be_visible()
    panel.assert_quiet()


def test_it_is_accessible_in_both_themes_and_on_a_phone(panel: Panel) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels and at twice the size, and a quiet console."""
    panel.assert_fit(BOARD)


def test_another_baseline_is_published_and_what_changed_is_seen(panel: Panel) -> None:
    """Any row becomes the baseline, by a button that two marks push out of no desk; what is other since is shown."""
    panel.open(BOARD)
    expect(panel.page.get_by_role("button", name="other scenarios", exact=True)).to_be_in_viewport(ratio=1)
    expect(panel.named("Make baseline: bad / coach")).to_be_in_viewport(ratio=1)
    wide = panel.page.locator(".scroll:has(> table.board)").evaluate("each => each.scrollWidth - each.clientWidth")
    assert wide <= 0
    panel.press("Make baseline: bad / coach")
    panel.press("Make it the baseline")
    expect(panel.page.get_by_role("dialog")).to_have_count(0)
    expect(panel.page.locator("tr.pinned")).to_contain_text("bad / coach")
    panel.page.get_by_role("combobox", name="Changed since").click()
    earlier = panel.page.get_by_role("option").nth(1)
    expect(earlier.locator("[title$=' UTC']")).to_be_visible()
    earlier.click()
    panel.sees("Nothing: every score and rank is what it was.")
    assert "since=" in panel.page.url
    panel.assert_quiet()


def test_the_published_leaderboard_is_downloaded(panel: Panel) -> None:
    """As Parquet and CSV of the snapshot that is shown, under a name that says so; the report opens as a page."""
    panel.open(BOARD)
    names, files = [], []
    for kind in ("Parquet", "CSV"):
        with panel.page.expect_download() as waited:
            panel.named(kind).click()
        names.append(waited.value.suggested_filename)
        files.append(Path(waited.value.path()))
    cells = [(row["model"], row["prompt"]) for row in pq.read_table(files[0]).to_pylist()]
    assert cells == [("good", "coach"), ("few", "coach"), ("bad", "coach")]
    assert files[1].read_text().count("\n") == len(cells) + 1
    stem = names[0].removesuffix(".parquet")
    assert names == [f"{stem}.parquet", f"{stem}.csv"]
    assert stem.startswith(f"{NAME}-")
    panel.named("HTML report").click()
    panel.page.wait_for_url(f"{panel.base}/api/bench/report/{NAME}?at={stem.removeprefix(f'{NAME}-')}")
    expect(panel.page.get_by_role("heading", level=1)).to_contain_text(NAME)


def test_a_cell_is_chosen_shipped_and_taken_back(panel: Panel) -> None:
    """With the reason in words and both files to save; what cannot be used is said at its field before it is sent."""
    page = panel.page
    panel.open(BOARD)
    box = page.get_by_role("region", name="Which one to ship")
    expect(box).to_contain_text("Nothing is shipped yet.")
    box.get_by_label("Margin").fill("0")
    expect(box).to_contain_text("Write a number above 0")
    expect(box.get_by_role("button", name="Tell me which to ship")).to_be_disabled()
    box.get_by_label("Margin").fill("0.2")
    box.get_by_role("button", name="Tell me which to ship").click()
    expect(box).to_contain_text("good/coach is surely at most 0.2 worse than the best")
    with page.expect_download() as saved:
        box.get_by_role("button", name="Save as a page to hand on").click()
    assert "<h1>Ship good/coach" in saved.value.path().read_text("utf-8")
    assert saved.value.suggested_filename == f"{NAME}-choice.html"
    box.get_by_role("button", name="Ship good/coach …").click()
    page.get_by_role("button", name="Ship it", exact=True).click()
    with page.expect_download() as saved:
        box.get_by_role("button", name="Save prompt.md").click()
    assert saved.value.path().read_text("utf-8").startswith("# good/coach\n")
    expect(box).to_contain_text("good/coach is in use.")
    panel.assert_accessible()
    box.get_by_role("button", name="Take good/coach back …").click()
    page.get_by_role("button", name="Take it back", exact=True).click()
    expect(box).to_contain_text("Nothing is shipped yet.")
    expect(box.get_by_role("row").filter(has_text="good/coach")).to_contain_text("(taken back)")
    panel.assert_quiet()
