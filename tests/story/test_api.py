"""A script with only a token: launches, follows live, judges, reads; Dagit and a backfill on the same partitions."""

import json
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.sync.client import connect

pytestmark = pytest.mark.slow
NAME = "tip-bench-by-script"
DEADLINE_S = 120
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
LAUNCH = """mutation($input: LaunchInput!, $key: String) {
  launchBenchmark(input: $input, idempotencyKey: $key) {
    __typename ... on Launch { runId repeated } ... on Failure { code message path }
  }
}"""
FOLLOW = "subscription($run: String!) { runProgress(runId: $run) { cursor kind status done expected } }"
ITEMS = "query($id: String!) { judgeRound(round: $id) { state total items(first: 500) { nodes { item tip } } } }"
OPEN = 'mutation($name: String!) { openJudgeRound(experiment: $name, judge: "anna") { ... on JudgeRound { id } } }'
UPLOAD = (
    "mutation($name: String!, $n: Int!) { importScores(experiment: $name, size: $n) { ... on Upload { uploadPath } } }"
)
SUBMIT = """mutation($round: String!, $answer: AnswerInput!) {
  submitScores(round: $round, answer: $answer) { __typename ... on Failure { code message } }
}"""
BOARD = (
    "query($name: String!) { leaderboard(experiment: $name) { publishedAt rows { prompt score judgeKind coverage } } }"
)
RUNS = "query($name: String!) { runs(experiment: $name) { nodes { id status mlflowUrl cells { nText } } } }"


@dataclass
class Api:
    """The served API; a token a person."""

    port: int
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, query: str, who: str = "admin", path: str = "/graphql", **variables: Any) -> Any:
        """`data` of a document's answer."""
        sent = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"authorization": f"Bearer {self.tokens[who]}", "content-type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", sent, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # loopback
            body = json.loads(answer.read())
        assert "errors" not in body, body["errors"]
        return body["data"]

    def put(self, path: str, data: bytes) -> Any:
        """The JSON answer to a PUT."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method="PUT")
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # loopback
            return json.loads(answer.read())

    def await_(self, holds: Callable[[], Any]) -> Any:
        """What `holds` gives once it is true."""
        deadline = time.monotonic() + DEADLINE_S
        while not (found := holds()):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        return found

    def ready(self) -> bool:
        """Whether everything serves."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):  # loopback
                return True
        except OSError:
            return False


@pytest.fixture
def api(project: Any) -> Iterator[Api]:
    """`tipbench up` on a project's home, and tokens of an admin and of judge anna."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        api = Api(probe.getsockname()[1])
    process = project.start("up", "--port", str(api.port))
    try:
        api.await_(lambda: api.ready() or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        api.tokens["admin"] = project("token", "--role", "admin", "--ttl", "1h").out.strip()
        api.tokens["anna"] = project("token", "--role", "judge", "--judge", "anna", "--ttl", "1h").out.strip()
        yield api
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def follow(api: Api, run: str) -> list[dict[str, Any]]:
    """The steps of a run over graphql-transport-ws, to its end."""
    with connect(f"ws://127.0.0.1:{api.port}/graphql", subprotocols=["graphql-transport-ws"]) as socket_:  # type: ignore[list-item]  # a plain string is one
        socket_.send(json.dumps({"type": "connection_init", "payload": {"token": api.tokens["admin"]}}))
        assert json.loads(socket_.recv(timeout=10))["type"] == "connection_ack"
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


def test_a_script_launches_follows_judges_and_reads(api: Api) -> None:
    """From a token alone to a published leaderboard of one's own scores; a repeated launch is the same run."""
    first = launch(api, NAME, "key-1", judges=["anna=human"], nTips=2)
    assert first["__typename"] == "Launch", first
    assert launch(api, NAME, "key-1", judges=["anna=human"], nTips=2) == {**first, "repeated": True}
    steps = follow(api, first["runId"])
    assert (steps[-1]["kind"], steps[-1]["status"]) == ("ended", "success")
    assert max(step["done"] or 0 for step in steps) == 18
    opened = api.ask(OPEN, name=NAME)["openJudgeRound"]["id"]
    seen = api.await_(lambda: (found := api.ask(ITEMS, "anna", id=opened)["judgeRound"])["state"] == "open" and found)
    items = [node["item"] for node in seen["items"]["nodes"]]
    assert len(items) == seen["total"] == 18
    for item in items[:12]:
        answer = {"item": item, "scores": [{"criterion": name, "value": 3.5} for name in CRITERIA]}
        assert api.ask(SUBMIT, "anna", round=opened, answer=answer)["submitScores"]["__typename"] == "Answer"
    rest = [
        json.dumps({"item": item, "rubric": "tips@1", "scores": dict.fromkeys(CRITERIA, 3.5)}) + "\n"
        for item in items[12:]
    ]
    data = "".join(rest).encode()
    link = api.ask(UPLOAD, "anna", name=NAME, n=len(data))["importScores"]["uploadPath"]
    assert api.put(link, data)["state"] == "stored"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        api.put(link, data)
    api.ask("mutation($id: String!) { closeJudgeRound(round: $id) { __typename } }", id=opened)

    def published() -> Any:
        board = api.ask(BOARD, name=NAME)["leaderboard"]
        return board["rows"][0]["coverage"] == 1 and board

    board = api.await_(published)
    assert [(row["score"], row["judgeKind"]) for row in board["rows"]] == [(3.5, "human")]
    runs = api.ask(RUNS, name=NAME)["runs"]["nodes"]
    assert {run["id"]: run["status"] for run in runs}[first["runId"]] == "success"
    assert all(run["cells"] == [{"nText": 18}] and "/mlflow/#/experiments/" in run["mlflowUrl"] for run in runs)


def test_dagit_and_a_backfill_work_on_the_same_partitions(api: Api) -> None:
    """Dagit materializes a partition that the API launched, from the same pin; a backfill queues one run each."""
    names = [f"tip-bench-many-{number}" for number in range(3)]
    runs = [launch(api, name)["runId"] for name in names]
    for run in runs:
        assert follow(api, run)[-1]["status"] == "success"
    board = api.ask(BOARD, name=names[0])["leaderboard"]
    through_dagit = api.ask(
        """mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) {
             __typename ... on LaunchRunSuccess { run { runId } } } }""",
        path="/dagster/graphql",
        p={
            "selector": {
                "repositoryLocationName": "tipbench",
                "repositoryName": "__repository__",
                "pipelineName": "benchmark",
            },
            "runConfigData": {},
            "mode": "default",
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": names[0]}]},
        },
    )["launchPipelineExecution"]
    assert through_dagit["__typename"] == "LaunchRunSuccess", through_dagit
    assert follow(api, through_dagit["run"]["runId"])[-1]["status"] == "success"
    assert api.ask(BOARD, name=names[0])["leaderboard"] == board
    made = api.ask(
        "mutation($n: [String!]!) { backfill(experiments: $n) { ... on Backfill { id experiments } } }", n=names
    )["backfill"]
    assert sorted(made["experiments"]) == names
    ended = "{ backfills { nodes { id source nDone nFailed } } }"
    api.await_(
        lambda: (
            {"id": made["id"], "source": "tipbench", "nDone": 3, "nFailed": 0} in api.ask(ended)["backfills"]["nodes"]
        )
    )
    log = api.ask("{ auditLog(first: 100) { nodes { operation outcome actor } } }")["auditLog"]["nodes"]
    assert {"launchBenchmark", "launchPipelineExecution", "backfill"} <= {entry["operation"] for entry in log}
