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
from schemathesis.config import SchemathesisConfig

from contracts.access.caller import Role
from contracts.routes import RouteSpec, Security
from core.benchmark.spec import Options
from resources.collect.launch import launch
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain
from services.gateway.panel.pages import PAGES
from services.gateway.rest.openapi import document
from tests.deadline import DEADLINE_S
from tests.wiring.conftest import NAME, ORIGIN, Served
from tests.wiring.loopback_server import listening
from wiring.cli import run_command_line
from wiring.modules import declared_routes, schema_names

ways = pytest.mark.parametrize("way", ["here", "served"])
DOCUMENT = document(declared_routes(), schema_names())
GOLDEN = Path(__file__).parents[2] / "golden" / "rest_access.json"
PEOPLE = (None, "user", "other", "anna", "bert", "admin")
OTHER_ENDPOINTS = {"/", "/graphql", "/assets/{path:path}", *PAGES}
"""With rules of their own: the panel's pages and files, and the API; GraphiQL's too."""
PLACES = {
    "experiment": NAME,
    "round": "round-anna",
    "notice": "no-notice",
    "browser": "no-browser",
    "purpose": "improve",
    "connection": "no-connection",
    "token": "no-link",
    "session": "no-session",
    "grant": "no-grant",
    "provider": "no-provider",
}
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/bench/run": {"json": {"experiment": "tip-bench-new", "models": ["template"]}},
    "PUT /v1/profile": {"json": {"name": "Ada"}},
    "PUT /v1/profile/consents/{purpose}": {"json": {"given": False}},
    "PUT /v1/notices/{notice}": {"json": {"read": True}},
    "POST /v1/notices/pause": {"json": {"days": 7}},
    "PUT /v1/mail-address": {"json": {"address": "ada@home.example"}},
    "POST /v1/mail-confirmation/{token}": {"data": {"do": "confirm"}},
    "POST /v1/notices/test": {"json": {"channel": "push"}},
    "POST /v1/push/subscriptions": {"json": {"endpoint": "https://push.example/1", "keys": {"p256dh": "", "auth": ""}}},
    "POST /v1/unsubscribe/{token}": {"content": b"List-Unsubscribe=One-Click"},
    "POST /v1/mail-settings/{token}": {"data": {"do": "withdraw"}},
    "POST /v1/notices/week": {"json": {"notices": [{"topic": "sleep", "after_minutes": 60}]}},
    "POST /v1/recommend": {"json": {"surface": "home"}},
    "POST /recommend": {"json": {"surface": "page", "k": 2}},
    "POST /v1/connections": {"json": {"provider": "icalendar", "address": "https://127.0.0.1/a.ics"}},
    "POST /v1/connections/authorize": {"json": {"provider": "todoist"}},
    "POST /v1/feedback": {"json": {"decision": "no-decision", "tip": "no-tip", "event": "shown", "id": "1"}},
    "POST /v1/profile/erase": {"json": {}},
    "POST /auth/redeem": {"json": {"secret": "no-secret"}},
    "POST /auth/login/{provider}": {"json": {}},
    "POST /auth/authorize": {"json": {"request": "none", "allow": False}},
    "PUT /uploads/{token}": {"content": b"x"},
    "POST /webhooks/judge": {"content": b"{}"},
    "POST /webhooks/connections/{connection}": {"content": b"{}"},
    "POST /webhooks/providers/todoist": {"content": b"{}"},
    "POST /auth/token": {"data": {"client_id": "none"}},
    "POST /auth/revoke": {"data": {"client_id": "none"}},
    "POST /auth/callback/{provider}": {"data": {"state": "none"}},
}
"""What is sent where a body belongs."""
LAST = ("POST /v1/profile/erase", "POST /auth/sign-out")
"""What ends people or their credentials; the first needs a session that has just begun, which only `other` has."""


def place_of(spec: RouteSpec) -> str:
    """Method and path with values in it."""
    return f"{spec.method} {spec.path.format_map(PLACES)}"


def printed(served: Served, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> bytes:
    """What the command line prints about the same home."""
    monkeypatch.setenv("TIPBENCH_HOME", str(served.bench.home.root))
    monkeypatch.setattr(sys, "argv", ["tipbench", *arguments, "--format", "json"])
    out = io.StringIO()
    with redirect_stdout(out):
        assert run_command_line() == 0
    return out.getvalue().encode()


def walked(served: Served) -> dict[str, dict[str, int]]:
    """Status by declared route and person; the launch names an experiment that no endpoint refuses for its name."""
    found = {}
    specs = {spec.operation: spec for spec in declared_routes()}
    first = sorted((each for each in specs if each not in LAST), key=lambda each: not each.startswith("GET"))
    for operation in (*first, *LAST):
        spec = specs[operation]
        path = spec.path.format_map(PLACES)
        options = {"headers": {"if-match": "*"}, **BODIES.get(operation, {})}
        found[place_of(spec)] = {
            str(person): served.ask(spec.method, path, person, **options).status_code for person in PEOPLE
        }
    return found


@ways
def test_the_access_table_is_the_committed_one(served: Served) -> None:
    """Each REST endpoint for nobody, two users, two judges and admin; the admin's launch finds no code server (503)."""
    now = walked(served)
    assert now == json.loads(GOLDEN.read_text("utf-8")), json.dumps(now, indent=1)


@ways
def test_every_route_is_in_a_table(served: Served) -> None:
    """Every endpoint is declared, and so described and walked, but for those with rules of their own."""
    declared = {spec.path for spec in declared_routes()}
    others = {path for path in served.paths - declared - OTHER_ENDPOINTS if not path.startswith("/graphiql")}
    assert others == set()
    assert {place_of(spec) for spec in declared_routes()} == set(json.loads(GOLDEN.read_text("utf-8")))
    assert {spec.path: None for spec in declared_routes()}.keys() == DOCUMENT["paths"].keys()


def test_the_table_follows_from_the_records() -> None:
    """Nobody is 401 where a caller must be known, whoever is below the role 403, and above it neither for the role."""
    table = json.loads(GOLDEN.read_text("utf-8"))
    roles = {"user": Role.USER, "other": Role.USER, "anna": Role.JUDGE, "bert": Role.JUDGE, "admin": Role.ADMIN}
    for spec in declared_routes():
        row = table[place_of(spec)]
        if spec.security in {Security.CALLER, Security.SESSION, Security.SCRAPER, Security.SIGNATURE}:
            assert row["None"] == 401, spec.operation
        if spec.security in {Security.CALLER, Security.SCRAPER}:
            refused = {person for person, role in roles.items() if role < spec.role}
            assert {person for person in refused if row[person] != 403} == set(), spec.operation
            assert spec.recent or {row[person] for person in roles.keys() - refused} & {401, 403} == set()


@ways
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


@ways
def test_a_launch_without_the_code_server_is_asked_again(served: Served) -> None:
    """503 with Retry-After, nothing pinned, a row; an unknown experiment is 404, a bad option 422."""
    answer = served.ask("POST", "/api/bench/run", "admin", json={"experiment": "tip-bench-new", "models": ["template"]})
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
    assert served.outcomes() == [("launchBenchmark", "UNAVAILABLE")]
    assert served.ask("GET", "/api/bench/runs/tip-bench-new", "admin").status_code == 404
    bad = served.ask("POST", "/api/bench/run", "admin", json={"experiment": "tip-bench-new", "extends": "tip-bench-x"})
    assert (bad.status_code, bad.json()["path"]) == (422, ["extends"])


@ways
def test_requests_are_counted_by_user(served: Served) -> None:
    """The launch has a window of its own; answers say what is left."""
    read = served.ask("GET", "/api/bench/experiments", "admin").headers
    assert read["ratelimit-policy"] == '"bench";q=600;w=60'
    export = served.ask("POST", "/v1/profile/export", "user").headers
    assert export["ratelimit"].startswith('"export";r=5;')
    launch = served.ask("POST", "/api/bench/run", "user", json={}).headers
    assert launch["ratelimit"].startswith('"launch";r=59;')


@ways
def test_the_description_covers_what_is_answered(served: Served) -> None:
    """The document is OpenAPI 3.1, has a schema for each record, and is for people who are signed in."""
    assert served.ask("GET", "/openapi.json").status_code == 401
    found = served.ask("GET", "/openapi.json", "user").json()
    assert found == json.loads(json.dumps(DOCUMENT))
    assert found["openapi"] == "3.1.0"
    assert {"LeaderboardRow", "ExperimentRow", "RunRecord", "BenchRun", "Home"} <= set(found["components"]["schemas"])


NO_CREDENTIALS = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
"""Every generated request has the same credential, so none is drawn."""
DRAWN: Any = schemathesis.openapi.from_dict(DOCUMENT, config=NO_CREDENTIALS)
OPERATIONS = [found.ok() for found in DRAWN.get_all_operations()]
AUTH_OPERATIONS = [operation for operation in OPERATIONS if operation.path.startswith("/auth/")]
"""Whose parts reach auth, over HTTP too; of other endpoints only the credential does."""
GENERATED = [(way, each) for way, some in (("here", OPERATIONS), ("served", AUTH_OPERATIONS)) for each in some]


def bounds_of(operation: Any) -> settings:
    """20 requests, or two where there is nothing to draw."""
    drawn = operation.body or any(operation.iter_parameters())
    return settings(
        max_examples=20 if drawn else 2,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.slow
@pytest.mark.parametrize(("way", "operation"), GENERATED, ids=[f"{each.label}-{way}" for way, each in GENERATED])
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
    @bounds_of(operation)
    @given(case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes]))
    def ask(case: Any) -> None:
        known = {"Authorization": f"Bearer {served.tokens['admin']}", "Host": ORIGIN.partition("://")[2]}
        case.headers, case.cookies = {**(case.headers or {}), **known}, {}  # two credentials would be refused
        answer = case.call_and_validate(base_url=url, checks=checks, timeout=DEADLINE_S)
        assert answer.status_code != 500
        statuses.add(answer.status_code)

    with listening(served.app) as port:
        url = f"http://127.0.0.1:{port}"
        ask()
    assert statuses - {429}


def test_a_board_published_under_a_running_server_serves(served: Served) -> None:
    """Cells of the new leaderboard write tips from the worker's next step on, without a restart."""

    def cells() -> set[str]:
        answer = served.ask("POST", "/v1/recommend", "other", json={"surface": "page", "k": 9}).json()
        return {tip["cell"]["prompt"] for tip in answer["tips"]}

    assert cells() == {"terse", "coach"}
    name = "tip-bench-later"
    spec = launch(served.bench, name, Options(prompts=("few-shot",), n_tips=1), ["heuristics"], by_default=True)
    run_chain(StepContext(served.bench, "r"), spec, BENCHMARK)
    assert cells() == {"terse", "coach"}
    recommender = served.modules.service("recommender")
    assert recommender.look_for_tips()
    assert cells() == {"terse", "coach", "few-shot"}
    assert not recommender.look_for_tips()
