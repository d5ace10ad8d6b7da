"""Judging in Chromium: from an invitation's link to scores, by keys alone and by mouse, with what can go wrong."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.story.panel.judging.judges import LEVELS, Judge
from tests.story.panel.pages import FITTING, panel_of
from tests.story.panel.shared.home import BLIND, Shared
from tests.story.peers.api import Api, api_of

pytestmark = [pytest.mark.slow, pytest.mark.browser]
FLAGS = "{ flags { nodes { judge reason } } }"


@pytest.fixture(scope="module")
def api(shared: Shared) -> Api:
    """The API, asked as an admin."""
    return api_of(shared.project, shared.up)


@pytest.fixture
def judge(api: Api, opened: Browser, request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge with a name of the test's own, who has opened the link."""
    name = request.node.name.partition("[")[0].removeprefix("test_").replace("_", "-")[:30].strip("-")
    with panel_of(opened, f"http://127.0.0.1:{api.port}") as panel:
        found = Judge(api, panel, BLIND, name)
        found.enter()
        yield found


def test_ten_items_at_the_keyboard(judge: Judge) -> None:
    """Fifty digits and nothing else: each fifth brings the next item, and all ten answers arrive as they were given."""
    for place in range(1, 11):
        judge.score(place, "12345" if place % 2 else "54321")
    judge.at(11)
    judge.saved()
    odd, even = [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]
    assert judge.answers() == {place: odd if place % 2 else even for place in range(1, 11)}
    judge.panel.sees("10 of 24 answered")
    judge.panel.assert_quiet()


def test_everything_by_mouse(judge: Judge) -> None:
    """Values, comment, skip, flag, unscorable, undo and back by buttons; what is flagged or skipped is no answer."""
    page = judge.page
    page.get_by_role("textbox", name="Comment").fill("by mouse")
    for name in LEVELS:
        page.get_by_role("group", name=name).get_by_role("button", name="4", exact=True).click()
    judge.at(2)
    judge.panel.named("Skip").click()
    judge.at(3)
    judge.panel.named("Flag").click()
    page.get_by_role("textbox", name="In your own words").fill("names somebody")
    judge.panel.press("Flag and go on")
    judge.at(4)
    judge.panel.named("Cannot score").click()
    judge.panel.press("It is empty or cut off.")
    judge.at(5)
    judge.panel.named("Undo").click()
    judge.at(4)
    judge.panel.named("Back").click()
    judge.at(3)
    judge.saved()
    assert judge.answers() == {1: [4, 4, 4, 4, 4]}
    flags = judge.api.ask(FLAGS)["flags"]["nodes"]
    assert [(flag["reason"], flag["judge"]) for flag in flags if flag["judge"] == judge.name] == [
        ("names somebody", judge.name)
    ]
    judge.panel.assert_quiet()


def test_a_lost_connection_loses_nothing(judge: Judge) -> None:
    """Answers wait through a closed tab, are sent once when the connection is back, and the page says so meanwhile."""
    judge.score(1, "11111")
    judge.saved()
    judge.page.context.set_offline(offline=True)
    judge.score(2, "22222")
    judge.score(3, "33333")
    judge.at(4)
    judge.panel.sees("2 to be sent")
    judge.panel.sees("The server cannot be reached.")
    assert set(judge.answers()) == {1}
    context = judge.page.context
    judge.wait_until_stored()
    judge.page.close()
    context.set_offline(offline=False)
    judge.page = context.new_page()
    judge.panel.page = judge.page
    judge.page.goto(f"{judge.panel.base}/judge")
    judge.at(4)
    judge.saved()
    assert judge.answers() == {1: [1] * 5, 2: [2] * 5, 3: [3] * 5}


def test_an_ended_session_loses_nothing(judge: Judge) -> None:
    """The page says so, takes answers on, and sends them once the judge has come in again by another link."""
    judge.score(1, "11111")
    judge.saved()
    judge.panel.end_session()
    judge.score(2, "22222")
    judge.panel.sees("Your session has ended")
    judge.score(3, "33333")
    other = judge.page.context.new_page()
    other.goto(judge.invitation(again=True))
    other.get_by_role("button", name="Accept and sign in").click()
    other.wait_for_url(f"{judge.panel.base}/judge")
    other.close()
    judge.panel.press("I have signed in again")
    judge.saved()
    judge.at(4)
    assert judge.answers() == {1: [1] * 5, 2: [2] * 5, 3: [3] * 5}


def test_a_round_that_closes_in_mid_item_keeps_what_was_typed(judge: Judge) -> None:
    """The page takes no more and offers what came too late as a file; put away it stays away, over a reload too."""
    judge.score(1, "11111")
    judge.saved()
    judge.close()
    judge.score(2, "22222")
    judge.panel.sees("This round is closed")
    with judge.page.expect_download() as saving:
        judge.panel.press("Save the file")
    line = json.loads(Path(saving.value.path()).read_text())
    assert line["scores"] == dict.fromkeys(LEVELS, 2)
    refused = judge.page.get_by_role("alert").filter(has_text="was not taken")
    expect(refused).to_be_visible()
    judge.panel.press("I have the file: put this away")
    expect(refused).to_have_count(0)
    judge.wait_until_stored()
    judge.page.reload()
    judge.page.get_by_role("link", name="Closed round").click()
    judge.panel.sees("This round is closed")
    expect(refused).to_have_count(0)
    assert judge.answers() == {1: [1] * 5}


def test_two_tabs_of_one_judge_agree(judge: Judge) -> None:
    """What one answers the other leaves; both go on, and every item has the answer that was given last."""
    other = judge.page.context.new_page()
    other.goto(f"{judge.panel.base}/judge")
    heading = other.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Item 1 of ")
    judge.score(1, "11111")
    expect(heading).to_contain_text("Item 2 of ")
    expect(other.get_by_text("answered in another tab")).to_be_visible()
    for key in "22222":
        other.keyboard.press(key)
    expect(heading).to_contain_text("Item 3 of ")
    judge.at(3)
    judge.score(3, "33333")
    judge.at(4)
    judge.saved()
    expect(other.get_by_text("all saved")).to_be_visible()
    assert judge.answers() == {1: [1] * 5, 2: [2] * 5, 3: [3] * 5}


def test_a_key_is_changed_and_kept(judge: Judge) -> None:
    """By keyboard: the question mark opens the keys, a taken key is refused, and a new one works after a reload."""
    judge.press("?")
    button = judge.page.get_by_role("button", name="Key for Skip")
    button.press("Enter")
    judge.page.keyboard.press("b")
    judge.panel.sees("is for “Back” already")
    judge.page.keyboard.press("q")
    expect(judge.page.get_by_role("button", name="Key for Skip: Q")).to_be_visible()
    judge.page.keyboard.press("Escape")
    expect(judge.page.get_by_role("dialog")).to_have_count(0)
    judge.press("q")
    judge.at(2)
    judge.wait_until_stored()
    judge.page.reload()
    judge.at(2)
    judge.press("q")
    judge.at(3)


def test_it_is_accessible_in_both_themes_on_a_phone_and_twice_as_large(judge: Judge) -> None:
    """With an item, each question, and a pause; nothing is wider than the window.

    It is looked at where a page ends: elsewhere the bar of actions covers half a button, by the length of the text.
    """
    for theme, size, rules in FITTING:
        judge.panel.looks(theme, size)
        judge.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        judge.panel.assert_accessible(rules)
        judge.panel.picture(f"judge {theme} {size[0]}")
        for key in "xf?":
            judge.press(key)
            expect(judge.page.get_by_role("dialog")).to_be_visible()
            judge.panel.assert_accessible(rules)
            judge.page.keyboard.press("Escape")
            expect(judge.page.get_by_role("dialog")).to_have_count(0)
        judge.press("p")
        expect(judge.page.get_by_role("heading", name="Paused here")).to_be_visible()
        judge.panel.assert_accessible(rules)
        judge.press("\n")
        judge.at(1)
    judge.panel.assert_quiet()
