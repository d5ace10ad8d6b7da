"""A server that a story ends and starts again on its port, and runs that wait for their model's answers."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.ports import reserved_port
from tests.story.panel.pages import Panel
from tests.story.peers.api import Api, launch
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project
from tests.story.peers.up import Up, status_of, wait_for


class Serving:
    """`tipbench up` on one port, started and ended as often as a story wants, and what answers for its models."""

    def __init__(self, project: Project, models: ModelServer, port: int) -> None:
        self.project, self.models, self.port = project, models, port
        self.api = Api(port, lambda: project("link").out.partition("#")[2].split()[0])
        self._up: Up | None = None

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        process: subprocess.Popen[str] = self.project.start("up", "--port", str(self.port))
        self._up = Up(self.port, process)
        wait_for(lambda: status_of(self.port, "/readyz") == 200, process)

    def end(self) -> None:
        """End it as Ctrl-C on its terminal does."""
        if self._up is not None and self._up.process.poll() is None:
            self._up.end(signal.SIGTERM)
        self._up = None

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
def serving(project: Project, models: ModelServer) -> Iterator[Serving]:
    """Serve a project's home until the block ends, with a token of an admin."""
    with reserved_port() as port:
        found = Serving(project, models, port)
        try:
            found.start()
            found.api.tokens["admin"] = project("token", "--role", "admin", "--ttl", "1h").out.strip()
            yield found
        finally:
            models.held_from = None
            found.end()


def opened_at(panel: Panel, name: str, words: str | re.Pattern[str]) -> None:
    """Open the live page of an experiment, and wait until it shows these words."""
    panel.open(f"/experiments/{name}")
    panel.sees(words)
