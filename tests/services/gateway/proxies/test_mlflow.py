"""The proxy in front of MLflow, with a child that only says what it was asked."""

from collections.abc import AsyncIterator, Mapping

import pytest

from contracts.processes import Fetched
from services.gateway.proxies.mlflow import IDLE_S, MlflowProxy
from tests.services.gateway.recording_app import ORIGIN, Ask, caller_of, posted, principal

JSON = {"content-type": "application/json"}


class Child:
    """A child that answers as soon as it was started twice."""

    def __init__(self) -> None:
        self.started, self.stopped = 0, 0
        self.requested: list[tuple[str, str, Mapping[str, str], bytes]] = []

    def start(self) -> None:
        """Count."""
        self.started += 1

    location = ""

    async def running(self) -> bool:
        """From the second call on."""
        return self.started > 1

    def stop(self) -> None:
        """Count."""
        self.stopped += 1

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Fetched:
        """Keep what was asked."""
        self.requested.append((method, target, headers, body))
        answer = [("content-type", "text/html"), ("set-cookie", "a=b"), ("x-powered-by", "x"), ("content-length", "2")]
        answer += [("location", self.location)] if self.location else []
        return Fetched(200, answer, _body())


async def _body() -> AsyncIterator[bytes]:
    yield b"hi"


class Place:
    """A proxy, its child and a clock that is set by hand."""

    def __init__(self, away: str | None = None) -> None:
        self.child, self.time = Child(), 0.0
        self.proxy = MlflowProxy(self.child, caller_of=caller_of, origin=ORIGIN, clock=lambda: self.time, away=away)
        self.ask: Ask = principal(self.proxy)


@pytest.fixture
def place() -> Place:
    """A proxy whose child is awake."""
    made = Place()
    made.child.started = 1
    return made


def test_the_first_visit_starts_it_and_waits() -> None:
    """Nobody is asked before; the first page asks again by itself, the next one is MLflow's."""
    place = Place()
    first = place.ask("GET", "/mlflow/")
    assert (first.status_code, "refresh" in first.text, place.child.requested) == (503, True, [])
    assert place.ask("GET", "/mlflow/").text == "hi"


def test_ten_idle_minutes_end_it(place: Place) -> None:
    """Each visit counts from its own moment."""
    place.time = 500.0
    place.ask("GET", "/mlflow/")
    place.time = 500.0 + IDLE_S - 1
    place.proxy.stop_when_idle()
    assert place.child.stopped == 0
    place.time += 1
    place.proxy.stop_when_idle()
    assert place.child.stopped == 1


@pytest.mark.parametrize(("who", "status"), [("", 401), ("user", 403), ("judge", 403), ("outage", 503)])
def test_only_admins_come_in(place: Place, who: str, status: int) -> None:
    """Others neither wake it nor learn anything."""
    assert place.ask("GET", "/mlflow/", who=who).status_code == status
    assert (place.child.started, place.child.requested) == (1, [])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/mlflow/"),
        ("GET", "/mlflow/static-files/static/js/main.0a1b.js"),
        ("GET", "/mlflow/ajax-api/2.0/mlflow/experiments/get?experiment_id=1"),
        ("GET", "/mlflow/ajax-api/2.0/mlflow/artifacts/list?run_id=a"),
        ("GET", "/mlflow/get-artifact?path=report.html&run_uuid=a"),
        ("POST", "/mlflow/ajax-api/2.0/mlflow/runs/search"),
        ("POST", "/mlflow/ajax-api/2.0/mlflow/experiments/search"),
        ("POST", "/mlflow/ajax-api/3.0/mlflow/traces/search"),
    ],
)
def test_reading_passes(place: Place, method: str, path: str) -> None:
    """Target and body arrive as they were; the client's own address goes along, its cookies and tokens do not."""
    sent = {**JSON, "cookie": "tipbench_session=x", "authorization": "Bearer x", "x-forwarded-for": "1.2.3.4"}
    answer = place.ask(method, path, headers=sent, content=b"{}" if method == "POST" else b"")
    assert answer.status_code == 200
    requested = place.child.requested[0]
    assert requested[:2] == (method, path)
    assert requested[2]["x-forwarded-for"] == "127.0.0.1"
    assert not {"cookie", "authorization", "x-who"} & set(requested[2])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/mlflow/ajax-api/2.0/mlflow/runs/create"),
        ("POST", "/mlflow/ajax-api/2.0/mlflow/runs/delete"),
        ("POST", "/mlflow/ajax-api/2.0/mlflow/experiments/create"),
        ("POST", "/mlflow/ajax-api/2.0/mlflow/runs/search/../delete"),
        ("PATCH", "/mlflow/ajax-api/3.0/mlflow/traces/t/tags"),
        ("DELETE", "/mlflow/ajax-api/3.0/mlflow/datasets/d"),
        ("PUT", "/mlflow/ajax-api/2.0/mlflow-artifacts/artifacts/a"),
        ("POST", "/mlflow/ajax-api/2.0/mlflow/upload-artifact"),
        ("GET", "/mlflow/ajax-api/3.0/mlflow/assistant/config"),
        ("POST", "/mlflow/ajax-api/3.0/mlflow/assistant/message"),
        ("GET", "/mlflow/ajax-api/3.0/mlflow/jobs/j"),
        ("POST", "/mlflow/ajax-api/3.0/mlflow/jobs"),
        ("GET", "/mlflow/ajax-api/2.0/mlflow/gateway-proxy"),
        ("GET", "/mlflow/ajax-api/3.0/mlflow/gateway/secrets/list"),
        ("POST", "/mlflow/gateway/x/invocations"),
        ("GET", "/mlflow/mcp"),
        ("GET", "/mlflow/api/2.0/mlflow/experiments/get"),
        ("GET", "/mlflow/static-files/../../etc/passwd"),
        ("GET", "/mlflow/static-files/%2e%2e/%2e%2e/etc/passwd"),
        ("POST", "/mlflow/ajax-api/3.0/mlflow/scorer/invoke"),
        ("POST", "/mlflow/v1/traces"),
    ],
)
def test_writing_and_everything_else_is_not_there(place: Place, method: str, path: str) -> None:
    """Writes, assistant, jobs, gateway, MCP and paths that climb are 404 and reach nobody."""
    assert place.ask(method, path, headers=JSON, content=b"{}").status_code == 404
    assert place.child.requested == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": ""}, 415),
        ({**JSON, "origin": "http://evil"}, 403),
        ({**JSON, "origin": ""}, 403),
    ],
)
def test_questions_come_from_our_pages(place: Place, headers: dict[str, str], status: int) -> None:
    """A search posted by another page or as another type is refused."""
    answer = place.ask("POST", "/mlflow/ajax-api/2.0/mlflow/runs/search", headers=headers, content=b"{}")
    assert (answer.status_code, place.child.requested) == (status, [])


def test_graphql_only_asks(place: Place) -> None:
    """MLflow's GraphQL passes for queries; mutations and rubbish are 404; a large body is 413."""
    for content, status in (
        (posted("query { mlflowGetRun { __typename } }"), 200),
        (posted("mutation { testMutation { __typename } }"), 404),
        (b"[1]", 404),
        (b"x" * 1_000_001, 413),
    ):
        assert place.ask("POST", "/mlflow/graphql", headers=JSON, content=content).status_code == status


def test_answers_are_inert(place: Place) -> None:
    """Pages get a policy, artifacts are files in a sandbox, and no cookie or maker's header comes through."""
    page = place.ask("GET", "/mlflow/")
    assert "img-src 'self'" in page.headers["content-security-policy"]
    assert not {"set-cookie", "x-powered-by"} & set(page.headers)
    artifact = place.ask("GET", "/mlflow/get-artifact?path=report.html&run_uuid=a")
    assert artifact.headers["content-disposition"] == "attachment"
    assert "sandbox" in artifact.headers["content-security-policy"]
    assert artifact.headers["x-content-type-options"] == "nosniff"


def test_with_a_server_elsewhere_nothing_is_started() -> None:
    """The page says where MLflow runs."""
    place = Place("MLflow runs elsewhere")
    answer = place.ask("GET", "/mlflow/")
    assert (answer.status_code, place.child.started) == (404, 0)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("http://mlflow/mlflow/?a=b", "/mlflow/?a=b"),
        ("https://evil.example//other.example/x", "/other.example/x"),
        ("//evil.example/x", "/x"),
        ("/mlflow/static-files/a", "/mlflow/static-files/a"),
        ("next", "next"),
    ],
)
def test_a_redirect_names_no_host(place: Place, given: str, found: str) -> None:
    """The child's socket has a name of its own, which no browser is told."""
    place.child.location = given
    assert place.ask("GET", "/mlflow/").headers["location"] == found
