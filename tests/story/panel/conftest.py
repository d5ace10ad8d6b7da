"""A served home and a browser, shared by files of stories, and the panel in a new tab for each story."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.story.panel.pages import Panel
from tests.story.panel.shared.home import Shared, SharedHome
from tests.story.panel.windows import Window, window_of
from tests.story.peers.project import Project

SHARED = pytest.StashKey[SharedHome]()


@pytest.fixture(scope="session")
def shared_home(
    tmp_path_factory: pytest.TempPathFactory, used_home: Path, pytestconfig: pytest.Config
) -> Iterator[SharedHome]:
    """The home of the files that share one, which are run one after another."""
    home = SharedHome(lambda: tmp_path_factory.mktemp("panel"), used_home)
    pytestconfig.stash[SHARED] = home
    yield home
    home.end()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End what files share before a test that shares nothing: a server costs something as long as it runs."""
    home = item.config.stash.get(SHARED, None)
    if home is not None and "shared_home" not in getattr(nextitem, "fixturenames", ()):
        home.end()


@pytest.fixture(scope="module")
def shared(shared_home: SharedHome) -> Shared:
    """What runs of it, for a file of stories."""
    return shared_home.begun()


@pytest.fixture(scope="module")
def served(shared: Shared) -> tuple[Project, str]:
    """The project of a file of stories, and the address that serves it."""
    return shared.project, shared.base


@pytest.fixture(scope="module")
def opened(shared: Shared) -> Browser:
    """The browser of a file of stories."""
    return shared.browser


@pytest.fixture(scope="module")
def window(served: tuple[Project, str], opened: Browser) -> Iterator[Window]:
    """The window of a file of stories."""
    with window_of(opened, *served) as found:
        yield found


@pytest.fixture
def panel(window: Window) -> Iterator[Panel]:
    """The panel in a new tab, signed in."""
    with window.tab() as found:
        yield found
