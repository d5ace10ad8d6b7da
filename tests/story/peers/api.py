"""A served home, asked over GraphQL as a script with a token asks it."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.sync.client import connect

from tests.deadline import DEADLINE_S
from tests.story.peers.project import Project
from tests.story.peers.up import Up, running_up

LAUNCH = """mutation($input: LaunchInput!, $key: String) {
  launchBenchmark(input: $input, idempotencyKey: $key) {
    __typename ... on Launch { runId repeated } ... on Failure { code message path }
  }
}"""
OPTIONS = ("--models", "template", "--prompts", "terse", "--n-scenarios", "9")
"""On the command line, those that `launch` gives."""
FOLLOW = "subscription($run: String!) { runProgress(runId: $run) { cursor kind status done expected } }"


@dataclass
class Api:
    """The served API; a token a person, and the secret of a link that signs in the local admin."""

    port: int
    link: Callable[[], str]
    tokens: dict[str, str] = field(default_factory=dict)
    pid: int = 0

    def ask(self, query: str, who: str = "admin", path: str = "/graphql", **variables: Any) -> Any:
        """`data` of a document's answer."""
        sent = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"authorization": f"Bearer {self.tokens[who]}", "content-type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", sent, headers)
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:  # noqa: S310  # loopback
            body = json.loads(answer.read())
        assert "errors" not in body, body["errors"]
        return body["data"]

    def put(self, path: str, data: bytes) -> Any:
        """The JSON answer to a PUT."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method="PUT")
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:  # noqa: S310  # loopback
            return json.loads(answer.read())


def api_of(project: Project, up: Up) -> Api:
    """The API of a project's home that is served, and a token of an admin."""
    api = Api(up.port, lambda: project("link").out.partition("#")[2].split()[0], pid=up.process.pid)
    api.tokens["admin"] = project("token", "--role", "admin", "--ttl", "1h").out.strip()
    return api


@contextmanager
def served_api(project: Project) -> Iterator[Api]:
    """`tipbench up` on a project's home until the block ends, and tokens of an admin and of judge anna."""
    with running_up(project) as up:
        api = api_of(project, up)
        api.tokens["anna"] = project("token", "--role", "judge", "--judge", "anna", "--ttl", "1h").out.strip()
        yield api


def follow(api: Api, run: str) -> list[dict[str, Any]]:
    """The steps of a run over graphql-transport-ws, to its end."""
    given: Any = {"subprotocols": ["graphql-transport-ws"], "open_timeout": DEADLINE_S, "ping_interval": None}
    with connect(f"ws://127.0.0.1:{api.port}/graphql", **given) as socket_:
        socket_.send(json.dumps({"type": "connection_init", "payload": {"token": api.tokens["admin"]}}))
        assert json.loads(socket_.recv(timeout=DEADLINE_S))["type"] == "connection_ack"
        payload = {"query": FOLLOW, "variables": {"run": run}}
        socket_.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        steps: list[dict[str, Any]] = []
        while True:
            message = json.loads(socket_.recv(timeout=DEADLINE_S))
            if message["type"] == "complete":
                return steps
            assert message["type"] == "next", message
            steps.append(message["payload"]["data"]["runProgress"])


def launch(api: Api, name: str, key: str | None = None, **options: Any) -> Any:
    """The answer of launchBenchmark."""
    given = {"experiment": name, "models": ["template"], "prompts": ["terse"], "nScenarios": 9, **options}
    return api.ask(LAUNCH, input=given, key=key)["launchBenchmark"]
