"""The shared home, whose models answer when a story lets them, and the panel in a window of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.story.panel.live.serving import Serving, serving
from tests.story.panel.shared.home import Shared
from tests.story.panel.windows import Window, window_of


@pytest.fixture(scope="module")
def served(shared: Shared) -> Iterator[Serving]:
    """The server of a file of stories."""
    with serving(shared.project, shared.models, shared.up) as found:
        yield found


@pytest.fixture(scope="module")
def window(served: Serving, opened: Browser) -> Iterator[Window]:
    """The window of a file of stories."""
    with window_of(opened, served.project, served.base) as found:
        yield found
