"""A server that a story ends and starts again on its port, and runs that wait for their model's answers."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.story.panel.pages import Panel
from tests.story.peers.api import api_of, launch
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project
from tests.story.peers.up import Up, status_of, wait_for


class Serving:
    """`tipbench up`, ended and started again on its port as often as a story wants, and what answers for its models."""

    def __init__(self, project: Project, models: ModelServer, up: Up) -> None:
        self.project, self.models, self._up = project, models, up
        self.api = api_of(project, up)

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._up.port}"

    def start(self) -> None:
        """Start it again, and wait until it is ready."""
        port = self._up.port
        self._up.process = self.project.start("up", "--port", str(port))
        wait_for(lambda: status_of(port, "/readyz") == 200, self._up.process)

    def end(self) -> None:
        """End it as Ctrl-C on its terminal does."""
        self._up.end(signal.SIGTERM)

    def launch(self, name: str, held_from: int | None = None, **options: Any) -> str:
        """Launch a run of two cells and six scenarios, whose answers beyond the first `held_from` wait; its id."""
        self.models.requested.clear()
        self.models.held_from = held_from
        given: dict[str, Any] = {"models": ["plain"], "prompts": ["terse", "coach"], "nScenarios": 6, **options}
        launched = launch(self.api, name, **given)
        assert launched["__typename"] == "Launch", launched
        run: str = launched["runId"]
        return run


@contextmanager
def serving(project: Project, models: ModelServer, up: Up) -> Iterator[Serving]:
    """What serves a project's home, with a token of an admin; its models answer again when the block ends."""
    found = Serving(project, models, up)
    try:
        yield found
    finally:
        models.held_from = None


def opened_at(panel: Panel, name: str, words: str | re.Pattern[str]) -> None:
    """Open the live page of an experiment, and wait until it shows these words."""
    panel.open(f"/experiments/{name}")
    panel.sees(words)
