"""A home in which nothing was made yet, in Chromium: every page says what could be there, and the demo is one click."""

import re

import pytest
from playwright.sync_api import expect

from tests.story.panel.live.serving import Serving
from tests.story.panel.pages import Panel

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "No experiments yet"),
        ("/launch", "Give it a name, and the plan stands here"),
        ("/rounds", "No round yet"),
        ("/admin/backfills", "No runs were queued together yet"),
        ("/admin/dead-letters", "None: every event was handled"),
        ("/admin/erasures", "Nobody has asked to be erased."),
    ],
)
def test_an_empty_page_says_what_could_be_there(panel: Panel, path: str, said: str) -> None:
    """In a sentence, in both themes, on a phone and twice as large."""
    panel.open(path)
    panel.sees(re.compile(said))
    panel.assert_fit(path)


def test_the_demo_is_one_click(panel: Panel, served: Serving) -> None:
    """The button leads to the run, which can be canceled; then its leaderboard says that nobody has judged anything."""
    panel.open("/")
    panel.named("Launch the demo").press("Enter")
    panel.at("/experiments/tip-bench-demo")
    panel.sees(re.compile("Waiting for its worker|Running"))
    panel.press("Cancel")
    panel.sees("The last run was canceled")
    panel.open("/")
    expect(panel.page.get_by_role("link", name="tip-bench-demo", exact=True)).to_be_visible()
    board = "/experiments/tip-bench-demo/leaderboard"
    panel.open(board)
    panel.sees("Nobody has judged these tips yet")
    panel.assert_fit(board)
    assert served.api.ask("{ experiments { nodes { name } } }")["experiments"]["nodes"] == [{"name": "tip-bench-demo"}]
    panel.assert_quiet()
