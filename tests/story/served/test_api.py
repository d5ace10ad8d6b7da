"""A script with only a token: launches, follows live, judges, reads; Dagit and a backfill on the same partitions."""

import json
import urllib.error
from typing import Any

import pytest

from tests.story.peers.api import OPTIONS, Api, follow, launch
from tests.story.peers.project import Project
from tests.story.peers.up import wait_for

pytestmark = pytest.mark.slow
NAME = "tip-bench-by-script"
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
SCORES = {**dict.fromkeys(CRITERIA, 3.5), "keeps_limits": 1}
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


def test_a_script_launches_follows_judges_and_reads(api: Api) -> None:
    """From a token alone to a published leaderboard of one's own scores; a repeated launch is the same run."""
    first = launch(api, NAME, "key-1", judges=["anna=human"], nTips=2)
    assert first["__typename"] == "Launch", first
    assert launch(api, NAME, "key-1", judges=["anna=human"], nTips=2) == {**first, "repeated": True}
    steps = follow(api, first["runId"])
    assert (steps[-1]["kind"], steps[-1]["status"]) == ("ended", "success")
    assert max(step["done"] or 0 for step in steps) == 18
    opened = api.ask(OPEN, name=NAME)["openJudgeRound"]["id"]
    seen = wait_for(lambda: (found := api.ask(ITEMS, "anna", id=opened)["judgeRound"])["state"] == "open" and found)
    items = [node["item"] for node in seen["items"]["nodes"]]
    assert len(items) == seen["total"] == 18
    for item in items[:12]:
        answer = {"item": item, "scores": [{"criterion": name, "value": value} for name, value in SCORES.items()]}
        assert api.ask(SUBMIT, "anna", round=opened, answer=answer)["submitScores"]["__typename"] == "Answer"
    rest = [json.dumps({"item": item, "rubric": "tips@3", "scores": SCORES}) + "\n" for item in items[12:]]
    data = "".join(rest).encode()
    link = api.ask(UPLOAD, "anna", name=NAME, n=len(data))["importScores"]["uploadPath"]
    assert api.put(link, data)["state"] == "stored"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        api.put(link, data)
    api.ask("mutation($id: String!) { closeJudgeRound(round: $id) { __typename } }", id=opened)

    def published() -> Any:
        board = api.ask(BOARD, name=NAME)["leaderboard"]
        return board["rows"][0]["coverage"] == 1 and board

    board = wait_for(published)
    assert [(row["score"], row["judgeKind"]) for row in board["rows"]] == [(3.5, "human")]
    runs = api.ask(RUNS, name=NAME)["runs"]["nodes"]
    assert {run["id"]: run["status"] for run in runs}[first["runId"]] == "success"
    assert all(run["cells"] == [{"nText": 18}] and "/mlflow/#/experiments/" in run["mlflowUrl"] for run in runs)


def test_dagit_and_a_backfill_work_on_the_same_partitions(api: Api, shared_project: Project) -> None:
    """Dagit materializes a partition that the API launched, from the same pin; a backfill queues one run each.

    One of its experiments was launched by the command line.
    """
    names = [f"tip-bench-many-{number}" for number in range(2)]
    launched = launch(api, names[0])
    shared_project("run", names[1], *OPTIONS)
    assert follow(api, launched["runId"])[-1]["status"] == "success"
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
    wait_for(
        lambda: (
            {"id": made["id"], "source": "tipbench", "nDone": 2, "nFailed": 0} in api.ask(ended)["backfills"]["nodes"]
        )
    )
    log = api.ask("{ auditLog(first: 100) { nodes { operation outcome actor } } }")["auditLog"]["nodes"]
    assert {"launchBenchmark", "launchPipelineExecution", "backfill"} <= {entry["operation"] for entry in log}
