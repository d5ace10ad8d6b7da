"""The proxy in front of Dagit, with an app behind it that only listens."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from contracts.access.audit import AuditEntry
from contracts.refusals import Conflict, NotFound
from services.gateway.proxies.dagit import DagitProxy
from services.gateway.proxies.dagit_mutations import ALLOWED, OPENABLE
from services.gateway.proxies.dagit_pages import FILES, PAGES
from tests.services.gateway.recording_app import ORIGIN, Ask, RecordingApp, caller_of, posted, principal

GRAPHQL = "/dagster/graphql"
JSON = {"content-type": "application/json"}
ADD = 'mutation { addDynamicPartition(partitionsDefName: "%s", partitionKey: "%s") { __typename } }'
LAUNCH = "mutation L($p: ExecutionParams!) { launchRun(executionParams: $p) { __typename } }"


@dataclass
class Checks:
    """Stands for the launches: remembers what it is asked to check, and refuses archived names."""

    requested: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def validate_run_config(self, experiment: str, config: dict[str, Any]) -> None:
        """Remember, or refuse."""
        if "archived" in experiment:
            raise Conflict("archived")
        self.requested.append((experiment, config))

    def run(self, run_id: str) -> Any:
        """A run of tip-bench-known."""
        if run_id != "known":
            raise NotFound("there is no such run")
        return type("Facts", (), {"experiment": "tip-bench-known"})()


@dataclass
class Place:
    """A proxy with its surroundings."""

    ask: Ask
    behind: RecordingApp
    checks: Checks
    rows: list[AuditEntry]


def _place(behind: RecordingApp, opened: frozenset[str] = frozenset()) -> Place:
    checks, rows = Checks(), list[AuditEntry]()
    endpoint = DagitProxy(
        app=lambda: behind,
        caller_of=caller_of,
        is_live=lambda _: True,
        origin=ORIGIN,
        launches=checks,  # type: ignore[arg-type] # the proxy asks two of its methods
        record=rows.append,
        now=lambda: "2026-11-01T12:00:00.000000+00:00",
        request_id=lambda: "r1",
        read_config=json.loads,
        opened=opened,
    )
    return Place(principal(endpoint), behind, checks, rows)


@pytest.fixture
def place(behind: RecordingApp) -> Place:
    """The proxy as it is by default."""
    return _place(behind)


def _params(experiment: str, config: object = None, **tags: str) -> dict[str, Any]:
    pairs = [{"key": "dagster/partition", "value": experiment}, *({"key": k, "value": v} for k, v in tags.items())]
    return {"p": {"selector": {}, "runConfigData": config, "executionMetadata": {"tags": pairs}}}


@pytest.mark.parametrize(
    ("who", "status"), [("", 401), ("nobody", 401), ("user", 403), ("judge", 403), ("outage", 503)]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/dagster/"), ("GET", "/dagster/assets"), ("POST", GRAPHQL)])
def test_only_admins_come_in(place: Place, who: str, status: int, method: str, path: str) -> None:
    """Everyone else is turned away before anything is read, and an outage is no older role."""
    assert place.ask(method, path, who=who, headers=JSON, content=posted("{ version }")).status_code == status
    assert place.behind.reached == []


def test_a_query_of_our_own_page_passes(place: Place) -> None:
    """Posted as exactly JSON with our Origin, or by a script with a bearer token and none."""
    assert place.ask("POST", GRAPHQL, headers=JSON, content=posted("{ version }")).json() == {"data": {"ok": True}}
    script = {**JSON, "origin": "", "authorization": "Bearer x"}
    assert place.ask("POST", GRAPHQL, headers=script, content=posted("{ version }")).status_code == 200
    assert (len(place.behind.reached), place.rows) == (2, [])


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", f"{GRAPHQL}?query=mutation%7BreloadWorkspace%7B__typename%7D%7D", {}, 405),
        ("GET", GRAPHQL, {"accept": "text/html"}, 405),
        ("PUT", GRAPHQL, JSON, 405),
        ("POST", f"{GRAPHQL}?query=x", {"content-type": "application/x-www-form-urlencoded"}, 415),
        ("POST", f"{GRAPHQL}?query=x", JSON, 415),
        ("POST", GRAPHQL, {"content-type": "text/plain;application/json"}, 415),
        ("POST", GRAPHQL, {"content-type": "application/json; charset=utf-8"}, 415),
        ("POST", GRAPHQL, {"content-type": "application/graphql"}, 415),
        ("POST", GRAPHQL, {**JSON, "content-encoding": "gzip"}, 415),
        ("POST", GRAPHQL, {**JSON, "origin": "http://127.0.0.1:4000"}, 403),
        ("POST", GRAPHQL, {**JSON, "origin": "http://localhost:3000"}, 403),
        ("POST", GRAPHQL, {**JSON, "origin": "null"}, 403),
        ("POST", GRAPHQL, {**JSON, "origin": ""}, 403),
        ("POST", GRAPHQL, {**JSON, "origin": "http://evil", "authorization": "Bearer x"}, 403),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(
    place: Place, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """Queries in the URL, other types, foreign origins: none of it reaches Dagit."""
    assert place.ask(method, path, headers=headers, content=posted("{ version }")).status_code == status
    assert place.behind.reached == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"3",
        b"null",
        b"[[[[" * 5000,
        b'[{"query": "{ version }"}]',
        b'{"query": 5}',
        b'{"query": "{ version }", "variables": "x"}',
        b"\xff\xfe",
        posted("{"),
        posted("{" + "a " * 30_000 + "}"),
        posted("subscription { pipelineRunLogs(runId: 1) { __typename } }"),
        posted("mutation { ...F } fragment F on Mutation { ...F }"),
        posted("mutation { ...Missing }"),
        posted("mutation {" + " ".join(f"a{n}: reloadWorkspace {{ __typename }}" for n in range(30)) + "}"),
    ],
)
def test_bodies_that_are_no_question_are_refused(place: Place, content: bytes) -> None:
    """Each is a 400 with a code; nothing reaches Dagit."""
    answer = place.ask("POST", GRAPHQL, headers=JSON, content=content)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert place.behind.reached == []


def test_a_large_body_is_refused(place: Place) -> None:
    """Over a megabyte is 413."""
    assert place.ask("POST", GRAPHQL, headers=JSON, content=b"x" * 1_000_001).status_code == 413


@pytest.mark.parametrize(
    "query",
    [
        'mutation { deleteRun(runId: "x") { __typename } }',
        "mutation { a: wipeAssets(assetPartitionRanges: []) { __typename } }",
        "query Q { version } mutation M { deletePipelineRun(runId: 1) { __typename } }",
        "mutation { ...F } fragment F on Mutation { ... on Mutation { logTelemetry(action: 1) { __typename } } }",
        "mutation { reportRunlessAssetEvents(eventParams: {}) { __typename } }",
        "mutation { deleteDynamicPartitions(partitionKeys: []) { __typename } }",
        "mutation { launchRun: freeConcurrencySlots(runId: 1) }",
        "mutation { neverHeardOf { __typename } }",
    ],
)
def test_other_mutations_are_not_there(place: Place, query: str) -> None:
    """By alias, fragment or a second operation too; each try is on record."""
    assert place.ask("POST", GRAPHQL, headers=JSON, content=posted(query, operationName="Q")).status_code == 404
    assert (place.behind.reached, [row.outcome for row in place.rows]) == ([], ["NOT_FOUND"])


@pytest.mark.parametrize("config", [{"ops": {"x": 1}}, '{"ops": {"x": 1}}'])
def test_a_launch_is_validated_and_on_record(place: Place, config: object) -> None:
    """The run config, an object or text, is checked as at every endpoint; the row names actor, target and outcome."""
    answer = place.ask("POST", GRAPHQL, headers=JSON, content=posted(LAUNCH, _params("tip-bench-a", config)))
    assert answer.status_code == 200
    assert place.checks.requested == [("tip-bench-a", {"ops": {"x": 1}})]
    row = place.rows[0]
    assert (row.actor, row.role, row.operation, row.target, row.outcome, row.request_id) == (
        "dagit:u-admin",
        "ADMIN",
        "launchRun",
        "tip-bench-a",
        "done",
        "r1",
    )
    assert len(row.input_hash) == 64


def test_a_launch_that_dagit_refuses_is_on_record_as_that(place: Place) -> None:
    """An error by type, or an answer with errors, is no `done`."""
    place.behind.answer = b'{"data": {"launchRun": {"__typename": "PythonError"}}}'
    place.ask("POST", GRAPHQL, headers=JSON, content=posted(LAUNCH, _params("tip-bench-a")))
    place.behind.answer = b'{"data": null, "errors": [{"message": "x"}]}'
    place.ask("POST", GRAPHQL, headers=JSON, content=posted(LAUNCH, _params("tip-bench-a")))
    assert [row.outcome for row in place.rows] == ["REFUSED", "INTERNAL"]


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        (LAUNCH, _params("tip-bench-archived"), "CONFLICT"),
        (LAUNCH, _params("TIP"), "INVALID_INPUT"),
        (LAUNCH, {"p": {"selector": {}}}, "INVALID_INPUT"),
        (LAUNCH, {}, "INVALID_INPUT"),
        (LAUNCH, _params("tip-bench-a", "{"), "INVALID_INPUT"),
        (LAUNCH, _params("tip-bench-a", [1]), "INVALID_INPUT"),
        (LAUNCH, _params("tip-bench-a", None, **{"dagster/partition": "tip-bench-b"}), "INVALID_INPUT"),
        (LAUNCH, _params("tip-bench-a", None, **{"dagster/asset_partition_range_start": "a"}), "INVALID_INPUT"),
        (
            "mutation($p: [ExecutionParams!]!) { launchMultipleRuns(executionParamsList: $p) { __typename } }",
            {"p": [_params("tip-bench-a")["p"], _params("tip-bench-archived")["p"]]},
            "CONFLICT",
        ),
        (
            'mutation { launchPartitionBackfill(backfillParams: {partitionNames: ["tip-bench-archived"]}) {x} }',
            None,
            "CONFLICT",
        ),
        ("mutation { launchPartitionBackfill(backfillParams: {allPartitions: true}) {x} }", None, "INVALID_INPUT"),
        (
            'mutation { launchRunReexecution(reexecutionParams: {parentRunId: "gone", strategy: ALL_STEPS}) {x} }',
            None,
            "NOT_FOUND",
        ),
        (
            'mutation { addDynamicPartition(partitionsDefName: "experiment", partitionKey: "x") {x} }',
            None,
            "INVALID_INPUT",
        ),
        (
            'mutation { addDynamicPartition(partitionsDefName: "o", partitionKey: "tip-bench-a") {x} }',
            None,
            "NOT_FOUND",
        ),
    ],
)
def test_a_launch_that_no_endpoint_takes_is_refused(place: Place, query: str, variables: Any, code: str) -> None:
    """Nothing reaches Dagit; the code is the one of every endpoint, and it is on record."""
    answer = place.ask("POST", GRAPHQL, headers=JSON, content=posted(query, variables))
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert (place.behind.reached, [row.outcome for row in place.rows]) == ([], [code])


def test_literals_and_defaults_are_read_as_variables_are(place: Place) -> None:
    """Arguments written out in the document, or left to a variable's default, are checked too."""
    tags = '{tags: [{key: "dagster/partition", value: "tip-bench-a"}]}'
    literal = f"mutation {{ launchRun(executionParams: {{selector: {{}}, executionMetadata: {tags}}}) {{x}} }}"
    default = f"mutation($p: P = {{executionMetadata: {tags}}}) {{ launchRun(executionParams: $p) {{x}} }}"
    again = 'mutation { launchRunReexecution(reexecutionParams: {parentRunId: "known", strategy: ALL_STEPS}) {x} }'
    for query in (literal, default, again):
        assert place.ask("POST", GRAPHQL, headers=JSON, content=posted(query)).status_code == 200
    assert [name for name, _ in place.checks.requested] == ["tip-bench-a", "tip-bench-a", "tip-bench-known"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/dagster/report_asset_materialization/candidates"),
        ("POST", "/dagster/report_asset_check/candidates"),
        ("POST", "/dagster/report_asset_observation/candidates"),
        ("GET", "/dagster/download_debug/x"),
        ("GET", "/dagster/notebook"),
        ("GET", "/dagster/dagit/notebook"),
        ("GET", "/dagster/anything-new"),
        ("POST", "/dagster/assets"),
        ("DELETE", "/dagster/runs/x"),
        ("GET", "/dagster/logs/%2e%2e/x/err"),
        ("GET", "/dagster/logs/run/%00/err"),
        ("POST", "/dagster//graphql"),
        ("POST", "/dagster/graphql/"),
    ],
)
def test_other_paths_are_not_there(place: Place, method: str, path: str) -> None:
    """Reports, debug files, notebooks, near misses and whatever comes new are 404."""
    assert place.ask(method, path, headers=JSON, content=posted("{ version }")).status_code == 404
    assert place.behind.reached == []


def test_a_setting_opens_what_it_names_and_no_more(behind: RecordingApp) -> None:
    """A mutation with its audit row, and a page; what it does not name stays shut."""
    place = _place(behind, frozenset({"wipeAssets", "notebook"}))
    wipe = "mutation { wipeAssets(assetPartitionRanges: []) { __typename } }"
    delete = 'mutation { deleteRun(runId: "x") { __typename } }'
    assert place.ask("POST", GRAPHQL, headers=JSON, content=posted(wipe)).status_code == 200
    assert place.ask("POST", GRAPHQL, headers=JSON, content=posted(delete)).status_code == 404
    assert [(row.operation, row.outcome) for row in place.rows][-1] == ("deleteRun", "NOT_FOUND")
    assert place.rows[0].operation == "wipeAssets"
    assert place.ask("GET", "/dagster/notebook").status_code == 200
    assert place.ask("GET", "/dagster/download_debug/x").status_code == 404


def test_what_can_be_opened_is_there_and_shut() -> None:
    """Every name is a mutation or route of the pinned Dagit that is not let through anyway."""
    golden = json.loads((Path(__file__).parents[3] / "golden" / "dagit.json").read_text())
    routes = {route.split("/")[1] for route in golden["routes"]}
    assert {*golden["mutations"], *routes} >= OPENABLE
    assert not OPENABLE & (ALLOWED | FILES | PAGES)


def test_pages_carry_a_policy_and_logs_are_files(place: Place) -> None:
    """Text of tips loads nothing from elsewhere; a log is an attachment in a sandbox."""
    page = place.ask("GET", "/dagster/assets/candidates")
    assert "img-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    log = place.ask("GET", "/dagster/logs/run/x/err")
    assert log.headers["content-disposition"] == "attachment"
    assert "sandbox" in log.headers["content-security-policy"]


def test_before_dagit_is_there_a_page_waits() -> None:
    """503 with a page that asks again by itself."""
    endpoint = DagitProxy(
        app=lambda: None,
        caller_of=caller_of,
        is_live=lambda _: True,
        origin=ORIGIN,
        launches=Checks(),  # type: ignore[arg-type] # not asked here
        record=lambda _: None,
        now=lambda: "",
        request_id=lambda: "",
        read_config=json.loads,
    )
    answer = principal(endpoint)("GET", "/dagster/")
    assert (answer.status_code, "refresh" in answer.text) == (503, True)
