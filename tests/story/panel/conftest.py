"""A served home with experiments, shared by a file of stories, and the panel in a new tab for each."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.story.panel.pages import Panel, chromium
from tests.story.panel.windows import Window, window_of
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project, make_project
from tests.story.peers.up import running_up

RUN = ("--models", "template", "--n-scenarios", "6", "--judge", "heuristics=program")
JUDGED = "tip-bench-judged"


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, used_home: Path, shared_server: ModelServer
) -> Iterator[tuple[Project, str]]:
    """A project in which one experiment is judged, and the address that serves it."""
    project = make_project(tmp_path_factory.mktemp("panel"), used_home, shared_server.url)
    project("run", JUDGED, "--prompts", "terse,coach", *RUN)
    with running_up(project) as up:
        yield project, f"http://127.0.0.1:{up.port}"


@contextmanager
def serving_adopted(
    folder: Path, used_home: Path, url: str, name: str, rows: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[Project, str]]:
    """A project in `folder` with one adopted experiment of these rows, and the address that serves it."""
    project = make_project(folder, used_home, url)
    file = project.folder / "tips.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    project("adopt", name, str(file))
    with running_up(project) as up:
        yield project, f"http://127.0.0.1:{up.port}"


@pytest.fixture(scope="module")
def opened(served: tuple[Project, str]) -> Iterator[Browser]:  # noqa: ARG001  # made before the event loop runs
    """A browser for a file of stories, begun after all that runs an event loop in this thread."""
    with chromium() as running:
        yield running


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
