"""The benchmark's REST endpoints, over launches that do what the test says."""

import asyncio
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from starlette.requests import Request
from starlette.routing import Router

from contracts.access.caller import Caller
from contracts.benchmark.experiments import ExperimentRow, LeaderboardView, PublishedBytes, RunRecord
from contracts.benchmark.launches import Launched, LaunchRequest
from contracts.judging import Packet
from contracts.refusals import Conflict, InProgress, InvalidInput, NameTaken, NotFound, Refusal, Unavailable
from core.benchmark.spec import Options
from resources.home import Home
from resources.launching.launch_keys import LaunchKeys
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.rest.bench import KEY_PATH, ROUTES, BenchContracts
from services.gateway.rest.module_routes import Done
from tests.services.gateway.conftest import Log
from tests.services.gateway.declared import routes_of
from tests.services.gateway.recording_app import ORIGIN, caller_of
from wiring.database import open_database
from wiring.server.audit_entries import entry_of

NAME = "tip-bench-x"
ROW = ExperimentRow(NAME, "judged", "2026-11-24T00:00:00+00:00", 2, 1.0, provisional=False)
RUN = RunRecord("r1", "done", "2026-11-24T00:00:00+00:00", "2026-11-24T00:01:00+00:00", 4, 4, 0, 0.25)


class Reads:
    """The reads that the endpoints ask, of one experiment."""

    def rows(self) -> list[ExperimentRow]:
        """One."""
        return [ROW]

    def collecting_runs(self, name: str) -> list[RunRecord]:
        """One, or NotFound."""
        if name != NAME:
            raise NotFound(f"no experiment is called {name!r}", ("experiment",))
        return [RUN]

    def leaderboard(self, name: str, judges: str | None, slice_: str | None, at: str | None) -> LeaderboardView:
        """An empty one; judges nobody knows are refused."""
        assert (at, slice_) in {(None, None), (None, "area")}
        if judges == "nobody":
            raise InvalidInput("nobody judges here", ("judges",))
        return LeaderboardView(experiment=name, snapshot="s", published_at=None, rows=[], slices=[])

    def published(self, name: str, file: str, at: str | None) -> PublishedBytes:
        """One of each kind in force and none before, or NotFound."""
        if name != NAME or at is not None:
            raise NotFound(f"{name} has no report", ("at" if at else "experiment",))
        return PublishedBytes("5" * 64, b"<!doctype html><p>best: terse" if file == "html" else file.encode())


class OneRound:
    """Rounds of which one can be packed."""

    def packet(self, round_id: str, _: Any) -> Packet:
        """A file for the round r1, Conflict for r2, else NotFound."""
        if round_id == "r2":
            raise Conflict("it is being prepared", ("round",))
        if round_id != "r1":
            raise NotFound("no round of that id", ("round",))
        return Packet(io.BytesIO(b"PK"), "tip-bench-x-anna-001.zip")


@dataclass
class Starts:
    """Launches nothing and remembers; `refuses` is raised."""

    refuses: Refusal | Exception | None = None
    requested: list[LaunchRequest] = field(default_factory=list)

    def launch(self, request: LaunchRequest) -> Launched:
        """Remember it."""
        self.requested.append(request)
        if self.refuses is not None:
            raise self.refuses
        return Launched(request.experiment, "run-1", repeated=len(self.requested) > 1)


@dataclass
class Bench:
    """The endpoints behind the real edge, with what they leave behind."""

    starts: Starts = field(default_factory=Starts)
    log: Log = field(default_factory=Log)

    def record(self, request: Request, caller: Caller, done: Done) -> None:
        """As the server does."""
        after = done.after
        row = entry_of(request, caller, done.operation, done.target, done.outcome, after, input_hash=done.input_hash)
        self.log.add(row)

    def ask(self, method: str, path: str, who: str = "admin", **given: Any) -> httpx.Response:
        """One request as a person, from our own pages."""
        bench = BenchContracts(cast("Any", Reads()), cast("Any", self.starts), cast("Any", OneRound()))

        async def found(scope: Any) -> Any:
            return caller_of(scope)

        rules = EdgeRules(frozenset({ORIGIN.partition("://")[2]}))
        app = EdgeMiddleware(
            Router(routes_of(ROUTES, bench, self.record)),
            rules,
            authenticate=found,
            may_change=lambda *_: True,
            new_id=lambda: "request-1",
        )
        headers = {"x-who": who, **given.pop("headers", {})}

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, path, headers=headers, **given)

        return asyncio.run(go())

    def run(self, body: Any, who: str = "admin", **headers: str) -> httpx.Response:
        """POST /api/bench/run."""
        return self.ask(
            "POST", "/api/bench/run", who, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )


@pytest.fixture
def bench() -> Bench:
    """Fresh endpoints."""
    return Bench()


def test_a_launch_is_accepted(bench: Bench) -> None:
    """202 with the run and where its experiment's runs are; options, judges, key and person are handed on."""
    body = {
        "experiment": NAME, "models": ["template"], "n_tips": 2, "judges": ["anna=human"], "retry_failed": True,
    }  # fmt: skip
    answer = bench.run(body, idempotency_key="key-1")
    assert (answer.status_code, answer.json()) == (202, {"experiment": NAME, "run_id": "run-1"})
    assert answer.headers["location"] == f"/api/bench/runs/{NAME}"
    assert bench.starts.requested == [
        LaunchRequest(
            experiment=NAME,
            options=Options(models=("template",), n_tips=2),
            judges=("anna=human",),
            retry_failed=True,
            key="key-1",
            actor="u-admin",
        )
    ]
    row = bench.log.entries[0]
    assert (row.actor, row.operation, row.target, row.outcome) == ("u-admin", "launchBenchmark", NAME, "done")
    assert (row.request_id, row.after) == ("request-1", {"run": "run-1", "repeated": "False"})


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (Conflict("the key was used with other options", KEY_PATH), 422, "KEY_REUSED"),
        (InvalidInput("a key has 1 to 200 characters", KEY_PATH), 422, "INVALID_INPUT"),
        (InProgress("the same key is being launched"), 409, "IN_PROGRESS"),
        (NameTaken("pinned otherwise", ("n_tips",)), 409, "NAME_TAKEN"),
        (Conflict("it is archived", ("experiment",)), 409, "CONFLICT"),
        (InvalidInput("no such model", ("models",)), 422, "INVALID_INPUT"),
        (Unavailable("the code server is away"), 503, "UNAVAILABLE"),
    ],
)
def test_a_refused_launch_says_why_and_leaves_a_row(bench: Bench, refusal: Refusal, status: int, code: str) -> None:
    """Status and code by the refusal; what may be asked again says when; the row holds the code that was answered."""
    bench.starts.refuses = refusal
    answer = bench.run({"experiment": NAME})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("retry-after" in answer.headers) == (code in {"IN_PROGRESS", "UNAVAILABLE"})
    assert [(row.outcome, row.target) for row in bench.log.entries] == [(code, NAME)]


def test_a_key_of_other_options_is_422_by_the_real_table_of_keys(bench: Bench, tmp_path: Path) -> None:
    """What the launches' own keys refuse is what this endpoint knows them by."""
    database = open_database(Home(tmp_path), None)
    keys = LaunchKeys(database, lambda: "2026-11-24T00:00:00.000000+00:00")
    with keys.claim("u-admin", "launch", "key-1", "hash", NAME) as claim:
        claim.launched("run-1")
    for key, body_hash, code in (("key-1", "other", "KEY_REUSED"), ("k" * 201, "hash", "INVALID_INPUT")):
        try:
            with keys.claim("u-admin", "launch", key, body_hash, NAME):
                pytest.fail("the key was taken")
        except Refusal as refusal:
            bench.starts.refuses = refusal
        answer = bench.run({"experiment": NAME}, idempotency_key=key)
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["path"]) == (422, code, ["Idempotency-Key"])
    database.dispose()


def test_a_defect_leaves_a_row_too(bench: Bench) -> None:
    """Masked to the client, INTERNAL in the log."""
    bench.starts.refuses = KeyError("postgres://root:hunter2@db")
    answer = bench.run({"experiment": NAME})
    assert (answer.status_code, "hunter2" in answer.text) == (500, False)
    assert [row.outcome for row in bench.log.entries] == ["INTERNAL"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"experiment": "first"}, ["experiment"]),
        ({"experiment": NAME, "n_tips": "3"}, ["n_tips"]),
        ({"experiment": NAME, "failures": "best"}, ["failures"]),
        ({"experiment": NAME, "nTips": 3}, ["nTips"]),
        ({"n_tips": 3}, ["experiment"]),
        ([], []),
    ],
)
def test_wrong_options_are_named(bench: Bench, body: Any, path: list[str]) -> None:
    """422 with the option; nothing is launched, and a row is left."""
    answer = bench.run(body)
    assert (answer.status_code, answer.json()["code"], answer.json()["path"]) == (422, "INVALID_INPUT", path)
    assert bench.starts.requested == []
    assert [row.outcome for row in bench.log.entries] == ["INVALID_INPUT"]


def test_only_whole_json_is_read(bench: Bench) -> None:
    """Another content type is 415, no JSON 400; both leave a row."""
    form, as_json = {"content-type": "text/plain"}, {"content-type": "application/json"}
    assert bench.ask("POST", "/api/bench/run", content=b"{}", headers=form).status_code == 415
    for content in (b"{", b"\xff", b""):
        assert bench.ask("POST", "/api/bench/run", content=content, headers=as_json).status_code == 400
    deep = b"[" * 100_000
    assert bench.ask("POST", "/api/bench/run", content=deep, headers=as_json).status_code == 422
    assert [row.outcome for row in bench.log.entries] == [
        "UNSUPPORTED_MEDIA_TYPE",
        *["BAD_REQUEST"] * 3,
        "INVALID_INPUT",
    ]


def test_roles_are_kept(bench: Bench) -> None:
    """Nobody is 401 and leaves nothing; users and judges are 403, which is a row where they wanted to launch."""
    of_one = ("runs", "leaderboard", "report")
    for path in ("/api/bench/experiments", *(f"/api/bench/{read}/{NAME}" for read in of_one)):
        assert bench.ask("GET", path, "").status_code == 401
        assert {bench.ask("GET", path, who).status_code for who in ("user", "judge")} == {403}
        assert bench.ask("GET", path).status_code == 200
    assert bench.run({"experiment": NAME}, "").headers["www-authenticate"] == "Bearer"
    assert bench.log.entries == []
    assert bench.run({"experiment": NAME}, "judge").json()["code"] == "FORBIDDEN"
    assert [(row.actor, row.outcome) for row in bench.log.entries] == [("u-judge", "FORBIDDEN")]
    assert bench.starts.requested == []


def test_reads_are_kept_by_the_client_alone(bench: Bench) -> None:
    """An ETag that is answered with 304 while nothing changed, in any of its spellings; no shared cache keeps it."""
    first = bench.ask("GET", f"/api/bench/runs/{NAME}")
    assert (first.headers["vary"], first.headers["cache-control"]) == (
        "Authorization, Cookie, Accept-Encoding",
        "private, no-cache",
    )
    tag = first.headers["etag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = bench.ask("GET", f"/api/bench/runs/{NAME}", headers={"if-none-match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert bench.ask("GET", f"/api/bench/runs/{NAME}", headers={"if-none-match": '"other"'}).content == first.content
    assert bench.ask("GET", f"/api/bench/runs/{NAME}", "user", headers={"if-none-match": tag}).status_code == 403


def test_a_report_is_a_page_that_runs_nothing(bench: Bench) -> None:
    """HTML under a policy without scripts, in an origin of nobody's, with an ETag; none is a problem."""
    page = bench.ask("GET", f"/api/bench/report/{NAME}")
    assert (page.text, page.headers["content-type"]) == ("<!doctype html><p>best: terse", "text/html; charset=utf-8")
    said = page.headers["content-security-policy"].split("; ")
    policy = {part.partition(" ")[0]: part.partition(" ")[2] for part in said}
    assert (policy["default-src"], policy["sandbox"], policy["style-src"]) == ("'none'", "", "'unsafe-inline'")
    assert "script-src" not in policy
    assert page.headers["cache-control"] == "private, no-cache"
    again = bench.ask("GET", f"/api/bench/report/{NAME}", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == page.headers["content-security-policy"]
    none = bench.ask("GET", "/api/bench/report/tip-bench-none")
    assert (none.status_code, none.json()["code"]) == (404, "NOT_FOUND")
    assert bench.ask("GET", f"/api/bench/report/{NAME}?of=1").json()["path"] == ["of"]
    before = bench.ask("GET", f"/api/bench/report/{NAME}?at=2020-01-01")
    assert (before.status_code, before.json()["path"]) == (404, ["at"])


@pytest.mark.parametrize(
    ("path", "kind", "name", "content"),
    [
        (f"leaderboard/{NAME}/csv", "text/csv; charset=utf-8", f"{NAME}-{'5' * 16}.csv", b"csv"),
        (f"leaderboard/{NAME}/parquet", "application/vnd.apache.parquet", f"{NAME}-{'5' * 16}.parquet", b"parquet"),
        ("packets/r1", "application/zip", "tip-bench-x-anna-001.zip", b"PK"),
    ],
)
def test_a_download_is_named_for_what_it_is_of(bench: Bench, path: str, kind: str, name: str, content: bytes) -> None:
    """An attachment of its own media type and length, for admins alone, that no cache stores."""
    found = bench.ask("GET", f"/api/bench/{path}")
    assert (found.status_code, found.content, found.headers["content-type"]) == (200, content, kind)
    assert found.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert found.headers["content-length"] == str(len(content))
    assert found.headers["cache-control"] == "private, no-store"
    assert {bench.ask("GET", f"/api/bench/{path}", who).status_code for who in ("user", "judge")} == {403}


def test_what_cannot_be_downloaded_is_said(bench: Bench) -> None:
    """404 for an unknown experiment, snapshot or round, 409 for a round without its folder, 404 for no round's id."""
    said = [
        bench.ask("GET", f"/api/bench/{path}").status_code
        for path in (
            "leaderboard/tip-bench-none/csv",
            f"leaderboard/{NAME}/parquet?at=2020-01-01",
            "packets/r3",
            "packets/r2",
            "packets/..%2f..",
        )
    ]
    assert said == [404, 404, 404, 409, 404]


def test_what_is_not_there_or_not_meant_is_said(bench: Bench) -> None:
    """404 for an unknown experiment, 422 for parameters nobody knows or that have no such value."""
    assert bench.ask("GET", "/api/bench/runs/tip-bench-none").json()["code"] == "NOT_FOUND"
    assert bench.ask("GET", "/api/bench/experiments?archived=1").json()["path"] == ["archived"]
    board = f"/api/bench/leaderboard/{NAME}"
    assert bench.ask("GET", f"{board}?slice=colour").json()["path"] == ["slice"]
    assert bench.ask("GET", f"{board}?judges=nobody").status_code == 422
    assert bench.ask("GET", f"{board}?slice=area&judges=human").json() == []
    assert bench.ask("PUT", "/api/bench/run").status_code == 405


def test_a_large_list_is_compressed_for_who_accepts_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tag is weak then, and found all the same; the plain one has a strong tag, and both vary by the header."""
    monkeypatch.setattr("kit.http.compression.SMALLEST", 64)
    packed, plain = (
        bench.ask("GET", "/api/bench/experiments", headers={"accept-encoding": coding})
        for coding in ("gzip", "identity")
    )
    assert [answer.headers.get("content-encoding") for answer in (packed, plain)] == ["gzip", None]
    assert packed.content == plain.content
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    for answer in (packed, plain):
        assert answer.headers["vary"] == "Authorization, Cookie, Accept-Encoding"
        again = bench.ask("GET", "/api/bench/experiments", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
