"""The REST endpoints on a real home: roles as a committed table, the command line's records, and their description."""

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from services.gateway.rest.openapi import document
from tests.wiring.conftest import NAME, ORIGIN, Served
from tests.wiring.loopback_server import listening
from wiring.cli import run_command_line
from wiring.modules import declared_routes, schema_names

pytestmark = pytest.mark.parametrize("way", ["here", "served"])
DOCUMENT = document(declared_routes(), schema_names())
GOLDEN = Path(__file__).parents[2] / "golden" / "rest_access.json"
PEOPLE = (None, "user", "other", "anna", "bert", "admin")
READS = (
    "/openapi.json",
    "/v1/home",
    "/v1/profile",
    "/v1/profile/consents",
    "/v1/profile/erasures",
    "/api/bench/experiments",
    f"/api/bench/runs/{NAME}",
    f"/api/bench/leaderboard/{NAME}",
    f"/api/bench/report/{NAME}",
)
OTHER_ENDPOINTS = {
    "/.well-known/oauth-authorization-server",
    "/",
    "/metrics",
    "/graphql",
    "/graphiql",
    "/uploads/{token}",
    "/webhooks/judge",
}
CHANGES: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("PUT", "/v1/profile", {"name": "Ada"}),
    ("PUT", "/v1/profile/consents/improve", {"given": False}),
    ("POST", "/v1/profile/export", None),
    ("POST", "/v1/profile/erase", {}),
)
"""Of one's own; the two last need a session that has just begun, which only `other` has."""


def printed(served: Served, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> bytes:
    """What the command line prints about the same home."""
    monkeypatch.setenv("TIPBENCH_HOME", str(served.bench.home.root))
    monkeypatch.setattr(sys, "argv", ["tipbench", *arguments, "--format", "json"])
    out = io.StringIO()
    with redirect_stdout(out):
        assert run_command_line() == 0
    return out.getvalue().encode()


def walked(served: Served) -> dict[str, dict[str, int]]:
    """Status by endpoint and person; the launch names an experiment that no endpoint would refuse for its name."""
    found = {}
    for path in READS:
        found[f"GET {path}"] = {str(person): served.ask("GET", path, person).status_code for person in PEOPLE}
    body = {"experiment": "tip-bench-new", "models": ["template"]}
    found["POST /api/bench/run"] = {
        str(person): served.ask("POST", "/api/bench/run", person, json=body).status_code for person in PEOPLE
    }
    for method, path, own in CHANGES:
        options = {"json": own, "headers": {"if-match": "*"}}
        found[f"{method} {path}"] = {
            str(person): served.ask(method, path, person, **options).status_code for person in PEOPLE
        }
    return found


def test_the_access_table_is_the_committed_one(served: Served) -> None:
    """Each REST endpoint for nobody, two users, two judges and admin; the admin's launch finds no code server (503)."""
    now = walked(served)
    assert now == json.loads(GOLDEN.read_text("utf-8")), json.dumps(now, indent=1)


def test_every_route_is_in_a_table(served: Served) -> None:
    """A new endpoint is in the table, or among those that have tables and rules of their own."""
    described = {"GET /openapi.json"} | {
        f"{method.upper()} {path.replace('{experiment}', NAME).replace('{purpose}', 'improve')}"
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }
    assert described == set(json.loads(GOLDEN.read_text("utf-8")))
    known = {
        place.partition(" ")[2].replace(NAME, "{experiment}").replace("/improve", "/{purpose}") for place in described
    }
    assert {
        path for path in served.paths - known - OTHER_ENDPOINTS if not path.startswith(("/auth", "/graphiql"))
    } == set()


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("experiments", ("experiments",)),
        (f"runs/{NAME}", ("runs", NAME)),
        (f"leaderboard/{NAME}", ("leaderboard", NAME)),
        (f"leaderboard/{NAME}?slice=area", ("leaderboard", NAME, "--slice", "area")),
    ],
)
def test_the_records_are_those_of_the_command_line(
    served: Served, monkeypatch: pytest.MonkeyPatch, path: str, arguments: tuple[str, ...]
) -> None:
    """Byte for byte."""
    answer = served.ask("GET", f"/api/bench/{path}", "admin")
    assert answer.content == printed(served, monkeypatch, *arguments)
    assert answer.json() or path.startswith("runs")


def test_a_launch_without_the_code_server_is_asked_again(served: Served) -> None:
    """503 with Retry-After, nothing pinned, a row; an unknown experiment is 404, a bad option 422."""
    answer = served.ask("POST", "/api/bench/run", "admin", json={"experiment": "tip-bench-new", "models": ["template"]})
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
    assert served.outcomes() == [("launchBenchmark", "UNAVAILABLE")]
    assert served.ask("GET", "/api/bench/runs/tip-bench-new", "admin").status_code == 404
    bad = served.ask("POST", "/api/bench/run", "admin", json={"experiment": "tip-bench-new", "extends": "tip-bench-x"})
    assert (bad.status_code, bad.json()["path"]) == (422, ["extends"])


def test_requests_are_counted_by_user(served: Served) -> None:
    """The launch has a window of its own; answers say what is left."""
    read = served.ask("GET", "/api/bench/experiments", "admin").headers
    assert read["ratelimit-policy"] == '"bench";q=600;w=60'
    export = served.ask("POST", "/v1/profile/export", "user").headers
    assert export["ratelimit"].startswith('"export";r=5;')
    launch = served.ask("POST", "/api/bench/run", "user", json={}).headers
    assert launch["ratelimit"].startswith('"launch";r=59;')


def test_the_description_covers_what_is_answered(served: Served) -> None:
    """The document is OpenAPI 3.1, has a schema for each record, and is for people who are signed in."""
    assert served.ask("GET", "/openapi.json").status_code == 401
    found = served.ask("GET", "/openapi.json", "user").json()
    assert found == json.loads(json.dumps(DOCUMENT))
    assert found["openapi"] == "3.1.0"
    assert {"LeaderboardRow", "ExperimentRow", "RunRecord", "BenchRun", "Home"} <= set(found["components"]["schemas"])


DRAWN: Any = schemathesis.openapi.from_dict(DOCUMENT)
BOUNDED = settings(
    max_examples=40,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.parametrize("operation", [found.ok() for found in DRAWN.get_all_operations()], ids=lambda each: each.label)
def test_generated_requests_get_what_is_described(served: Served, operation: Any) -> None:
    """Over the real server: statuses, types and bodies are as described, whatever is sent; nothing is INTERNAL."""
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    checks = [
        schemathesis.checks.CHECKS.get_one(name)
        for name in ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
    ]

    statuses: set[int] = set()
    url = ""

    @seed(5)
    @BOUNDED
    @given(case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes]))
    def ask(case: Any) -> None:
        known = {"Authorization": f"Bearer {served.tokens['admin']}", "Host": ORIGIN.partition("://")[2]}
        case.headers = {**(case.headers or {}), **known}
        answer = case.call_and_validate(base_url=url, checks=checks, timeout=60)
        assert answer.status_code != 500
        statuses.add(answer.status_code)

    with listening(served.app) as port:
        url = f"http://127.0.0.1:{port}"
        ask()
    assert statuses & {200, 403, 404, 412, 503}
