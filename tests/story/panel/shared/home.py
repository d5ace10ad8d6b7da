"""One served home and one browser for the files of stories that leave each other's things alone."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.services.integrations.calendar_peer import CalendarPeer, serving
from tests.story.panel.pages import chromium
from tests.story.panel.shared.adopted import COMPARED, ELSEWHERE, adopt, compared_rows, elsewhere_rows
from tests.story.panel.shared.planted import PLANTED, planted_rows
from tests.story.peers.model_server import ModelServer, model_server
from tests.story.peers.project import Project, make_project
from tests.story.peers.up import Up, running_up

RUN = ("--models", "template", "--prompts", "terse,coach")
JUDGED = "tip-bench-judged"
"""An experiment that stories look at and leave as it is."""
WORKED = "tip-bench-worked"
"""One like it, whose rounds, scores and runs stories add."""
BLIND = "tip-bench-blind"
"""One of twelve scenarios that nobody has judged yet, by five criteria that every item is judged by."""


def run_judged(project: Project, name: str) -> None:
    """Make an experiment of two cells and six scenarios, which the automatic judge has judged."""
    project("run", name, *RUN, "--n-scenarios", "6", "--judge", "heuristics=program")


@dataclass
class Shared:
    """The project that is served, its models, calendars that it may read, and the browser."""

    project: Project
    models: ModelServer
    calendars: CalendarPeer
    up: Up
    browser: Browser

    @property
    def base(self) -> str:
        """The address that serves it."""
        return f"http://127.0.0.1:{self.up.port}"

    @property
    def runs(self) -> bool:
        """Whether server and browser are as they were begun."""
        return self.up.process.poll() is None and self.browser.is_connected()


class SharedHome:
    """Begun with the first file that wants it, in a folder that `folder` makes, and ended before one that does not.

    A server and a browser cost some 20 seconds of a core, a file of stories without them about as much.
    """

    def __init__(self, folder: Callable[[], Path], used_home: Path) -> None:
        self._folder, self._used_home = folder, used_home
        self._ending = ExitStack()
        self._shared: Shared | None = None

    def begun(self) -> Shared:
        """What is shared, begun anew where it does not run."""
        if self._shared is None or not self._shared.runs:
            self.end()
            self._shared = self._begin()
        return self._shared

    def _begin(self) -> Shared:
        with ExitStack() as stack:
            models = stack.enter_context(model_server())
            calendars = stack.enter_context(serving({}))
            project = make_project(self._folder(), self._used_home, models.url)
            settings = f'[up]\negress_exceptions = ["127.0.0.1:{calendars.port}"]\n'
            (project.folder / "tipbench.toml").write_text(settings)
            for name in (JUDGED, WORKED):
                run_judged(project, name)
            project("run", BLIND, *RUN, "--n-scenarios", "12", "--rubric", "tips@2")
            adopt(project, ELSEWHERE, elsewhere_rows())
            adopt(project, COMPARED, compared_rows())
            adopt(project, PLANTED, planted_rows())
            up = stack.enter_context(running_up(project))
            browser = stack.enter_context(chromium())  # after all that runs an event loop in this thread
            self._ending = stack.pop_all()
        return Shared(project, models, calendars, up, browser)

    def end(self) -> None:
        """End browser and servers, if they were begun."""
        self._shared = None
        self._ending.close()
