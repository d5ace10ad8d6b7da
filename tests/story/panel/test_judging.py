"""Judging in Chromium: from an invitation's link to scores, by keys alone and by mouse, with what can go wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.story.panel.judges import Judge
from tests.story.panel.pages import chromium, panel_of
from tests.story.peers.api import Api, served_api
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAME = "tip-bench-blind"


@pytest.fixture(scope="module")
def served(shared_project: Project) -> Iterator[Api]:
    """A served project with an experiment of two cells and twelve scenarios."""
    shared_project("run", NAME, "--models", "template", "--prompts", "terse,coach", "--n-scenarios", "12")
    with served_api(shared_project) as api:
        yield api


@pytest.fixture(scope="module")
def opened(served: Api) -> Iterator[Browser]:  # noqa: ARG001  # made before the event loop runs
    """A browser for this file."""
    with chromium() as running:
        yield running


@pytest.fixture
def judge(served: Api, opened: Browser, request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge with a name of the test's own, who has opened the link."""
    name = request.node.name.partition("[")[0].removeprefix("test_").replace("_", "-")[:30].strip("-")
    with panel_of(opened, f"http://127.0.0.1:{served.port}") as panel:
        found = Judge(served, panel, NAME, name)
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
