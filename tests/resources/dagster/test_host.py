"""The real Dagit behind its proxy: what its pages ask passes, and a launch there is one of ours."""

import json
from typing import Any

import pytest

from assets.partitions import experiments
from contracts.access.audit import AuditEntry
from contracts.refusals import Unavailable
from resources.dagster.host import read_run_config
from resources.dagster.instance import PARTITION, PARTITIONS
from resources.lake.specs import read_spec
from services.gateway.proxies.dagit import DagitProxy
from tests.resources.dagster.conftest import DagsterSetup
from tests.services.gateway.recording_app import ORIGIN, Ask, caller_of, posted, principal

pytestmark = pytest.mark.slow
LAUNCH = """mutation LaunchPipelineExecution($executionParams: ExecutionParams!) {
  launchPipelineExecution(executionParams: $executionParams) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}"""
ADD = """mutation AddDynamicPartitionMutation($name: String!, $key: String!, $repository: RepositorySelector!) {
  addDynamicPartition(partitionsDefName: $name, partitionKey: $key, repositorySelector: $repository) { __typename }
}"""
REPOSITORY = {"repositoryLocationName": "tipbench", "repositoryName": "__repository__"}
CONFIG = "ops:\n  candidates:\n    config:\n      models: [template]\n      prompts: [terse]\n      n_tips: %s\n"


@pytest.fixture
def rows() -> list[AuditEntry]:
    """The audit rows that the proxy writes."""
    return []


@pytest.fixture
def ask(setup: DagsterSetup, rows: list[AuditEntry]) -> Ask:
    """Asks the proxy in front of the real app."""
    app = setup.host.dagit("/dagster")
    return principal(
        DagitProxy(
            app=lambda: app,
            caller_of=caller_of,
            is_live=lambda _: True,
            origin=ORIGIN,
            launches=setup.launches,
            record=rows.append,
            now=setup.bench.now,
            request_id=lambda: "r1",
            read_config=read_run_config,
        )
    )


def _graphql(ask: Ask, query: str, variables: dict[str, Any] | None = None) -> Any:
    headers = {"content-type": "application/json"}
    return ask("POST", "/dagster/graphql", headers=headers, content=posted(query, variables)).json()


def _params(name: str, config: str) -> dict[str, Any]:
    tags = [{"key": PARTITION, "value": name}]
    selector = {**REPOSITORY, "pipelineName": "benchmark"}
    return {
        "executionParams": {
            "mode": "default",
            "selector": selector,
            "runConfigData": config,
            "executionMetadata": {"tags": tags},
        }
    }


def test_pages_and_queries_pass(ask: Ask) -> None:
    """The page, a deep link, its files and its questions answer under the prefix."""
    page = ask("GET", "/dagster/")
    assert (page.status_code, "/dagster/_next/" in page.text or "/dagster" in page.text) == (200, True)
    assert ask("GET", "/dagster/assets/candidates").status_code == 200
    assert ask("GET", "/dagster/favicon.svg").status_code == 200
    nodes = _graphql(ask, "{ assetNodes { opName } }")["data"]["assetNodes"]
    names = {"candidates", "judge_exports", "judge_scores", "leaderboards", "policy_reports"}
    assert {node["opName"] for node in nodes} == names


def test_a_launch_in_dagit_is_validated_queued_and_on_record(
    ask: Ask, setup: DagsterSetup, rows: list[AuditEntry]
) -> None:
    """The partition is added by its rule, wrong options are refused, right ones queue a run of the partition."""
    name = "tip-bench-by-dagit"
    added = _graphql(ask, ADD, {"name": "experiment", "key": name, "repository": REPOSITORY})
    assert added["data"]["addDynamicPartition"]["__typename"] == "AddDynamicPartitionSuccess"
    refused = _graphql(ask, LAUNCH, _params(name, CONFIG % 10**9))
    assert refused["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
    launched = _graphql(ask, LAUNCH, _params(name, CONFIG % 1))["data"]["launchPipelineExecution"]
    assert launched["__typename"] == "LaunchRunSuccess"
    assert setup.launches.run(launched["run"]["runId"]).experiment == name
    assert [(row.operation, row.target, row.outcome) for row in rows] == [
        ("addDynamicPartition", name, "done"),
        ("launchPipelineExecution", "", "INVALID_INPUT"),
        ("launchPipelineExecution", name, "done"),
    ]


def test_a_pin_holds_against_dagit(ask: Ask, setup: DagsterSetup) -> None:
    """An option that differs from the pin is refused as a taken name, and the pin stays."""
    setup.launches.launch(setup.request("pinned"))
    refused = _graphql(ask, LAUNCH, _params("tip-bench-pinned", CONFIG % 2))
    assert refused["errors"][0]["extensions"]["code"] == "NAME_TAKEN"
    spec = read_spec(setup.bench.home, "tip-bench-pinned")
    assert spec is not None
    assert spec.n_tips == 1


def test_what_writes_or_tells_too_much_is_not_there(ask: Ask, setup: DagsterSetup) -> None:
    """Runs are not deleted, assets not wiped, nothing is reported, no debug file is had."""
    run = setup.launches.launch(setup.request("safe")).run_id
    delete = _graphql(ask, f'mutation {{ deleteRun(runId: "{run}") {{ __typename }} }}')
    assert delete["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert ask("POST", "/dagster/report_asset_materialization/candidates").status_code == 404
    assert ask("GET", f"/dagster/download_debug/{run}").status_code == 404
    assert setup.launches.run(run).status == "queued"


def test_run_config_is_read_as_dagster_reads_it() -> None:
    """YAML as the launchpad sends it; what is none is a ValueError."""
    assert read_run_config("ops: {a: 1}") == {"ops": {"a": 1}}
    assert read_run_config(json.dumps({"a": [1]})) == {"a": [1]}
    with pytest.raises(ValueError, match="YAML"):
        read_run_config("a: [")


def test_the_partitions_have_one_name() -> None:
    """What launching adds to is what the assets are partitioned by."""
    assert experiments.name == PARTITIONS


def test_dagit_without_a_code_server_shows_itself(ask: Ask, setup: DagsterSetup) -> None:
    """Its pages stay while the code server is away; ours say that it is away."""
    with setup.without_code_server():
        assert ask("GET", "/dagster/runs").status_code == 200
        assert not setup.host.is_ready()
        with pytest.raises(Unavailable):
            setup.host.check()
    assert setup.host.is_ready()
