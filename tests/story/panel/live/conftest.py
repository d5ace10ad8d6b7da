"""A served home whose models answer when a story lets them, and the panel in a tab of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.story.panel.live.serving import Serving, serving
from tests.story.panel.pages import chromium
from tests.story.panel.windows import Window, window_of
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project


@pytest.fixture(scope="module")
def served(shared_project: Project, shared_server: ModelServer) -> Iterator[Serving]:
    """The server of a file of stories."""
    with serving(shared_project, shared_server) as found:
        yield found


@pytest.fixture(scope="module")
def opened(served: Serving) -> Iterator[Browser]:  # noqa: ARG001  # made before the event loop runs
    """A browser for a file of stories."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def window(served: Serving, opened: Browser) -> Iterator[Window]:
    """The window of a file of stories."""
    with window_of(opened, served.project, served.base) as found:
        yield found
