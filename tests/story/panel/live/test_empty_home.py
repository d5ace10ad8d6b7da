"""A home in which nothing was made yet, in Chromium: every page says what could be there, and the demo is one click."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.story.panel.live.serving import Serving, serving
from tests.story.panel.pages import Panel, chromium
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project
from tests.story.peers.up import running_up

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def served(shared_project: Project, shared_server: ModelServer) -> Iterator[Serving]:
    """A home in which nothing was made yet."""
    with running_up(shared_project) as up, serving(shared_project, shared_server, up) as found:
        yield found


@pytest.fixture(scope="module")
def opened(served: Serving) -> Iterator[Browser]:  # noqa: ARG001  # made before the event loop runs
    """A browser for this file."""
    with chromium() as running:
        yield running


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
