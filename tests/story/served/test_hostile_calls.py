"""What a new user tries against a served home: calls at the wrong moment, far too much, and text where none belongs."""

import json
import os
import signal
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.deadline import DEADLINE_S
from tests.story.peers.api import OPTIONS, Api, launch
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project
from tests.story.peers.up import children, wait_for

pytestmark = pytest.mark.slow
UPDATES = 'subscription { experimentUpdated(name: "tip-bench-demoted") { cursor } }'
RUNS = "query($name: String!) { runs(experiment: $name) { nodes { id status } } }"
CANARY = "Write to anna.canary@example.org about Anna Canary"
ANSWERED = "{ __typename ... on Failure { code message path } }"
"""Asked of every mutation."""


def _runs(api: Api, name: str) -> list[dict[str, str]]:
    nodes: list[dict[str, str]] = api.ask(RUNS, name=name)["runs"]["nodes"]
    return nodes


def _experiments(api: Api) -> set[str]:
    nodes = api.ask("{ experiments(first: 100) { nodes { name } } }")["experiments"]["nodes"]
    return {node["name"] for node in nodes}


def _code(answer: dict[str, Any]) -> str:
    return str(answer.get("code", answer["__typename"]))


def test_a_launch_while_the_code_server_restarts_is_queued_once_or_refused(api: Api, shared_project: Project) -> None:
    """Killed just before: UNAVAILABLE or a run, within the deadline the same key gives one run, and only one."""
    name, answers = "tip-bench-restarted", list[dict[str, Any]]()

    def launched() -> bool:
        """Launching again under one key is what is tried here; it is no act that must not be repeated."""
        answers.append(launch(api, name, key="once"))
        assert "runId" in answers[-1] or _code(answers[-1]) in {"UNAVAILABLE", "IN_PROGRESS"}, answers
        return "runId" in answers[-1]

    def code_servers() -> list[int]:
        return [pid for pid, command in children(shared_project.home, api.pid).items() if "api grpc" in command]

    os.kill(wait_for(code_servers)[0], signal.SIGKILL)
    wait_for(launched)
    again = launch(api, name, key="once")
    assert (again["runId"], again["repeated"]) == (answers[-1]["runId"], True)
    wait_for(lambda: {run["status"] for run in _runs(api, name)} == {"success"})
    assert [run["id"] for run in _runs(api, name)] == [again["runId"]]


def test_two_launches_of_one_name_at_once_make_one_experiment(api: Api) -> None:
    """Ten with other options each: one or more runs of the one that was pinned, coded refusals for the others."""
    name = "tip-bench-at-once"
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: launch(api, name, key=f"k{n}", nScenarios=3 + n), range(10)))
    started = [answer for answer in answers if "runId" in answer]
    assert len(started) == 1, answers
    assert {_code(answer) for answer in answers if "runId" not in answer} <= {"NAME_TAKEN", "CONFLICT", "IN_PROGRESS"}
    assert len(_runs(api, name)) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"nTips": 10**9},
        {"nScenarios": 10**9},
        {"experiment": "tip-bench-a,b"},
        {"experiment": "tip-bench-a.b"},
        {"experiment": "tip-bench-\u0430"},
        {"experiment": "tip\u2010bench-a"},
        {"models": ["templ\u0430te"]},
        {"prompts": ["ter\u017fe"]},
    ],
    ids=str,
)
def test_far_too_much_and_look_alikes_are_refused(api: Api, given: dict[str, Any]) -> None:
    """A coded refusal with the path of the field, and nothing is launched."""
    before = _experiments(api)
    answer = launch(api, given.get("experiment", "tip-bench-too-much"), **given)
    assert _code(answer) in {"INVALID_INPUT", "NOT_FOUND"}, answer
    assert answer["path"]
    assert len(answer["message"]) < 1_000
    assert _experiments(api) == before


HEAVY = (
    '+++\nname = "heavy"\nversion = "1"\ndescription = ""\nmode = "chat"\n+++\n## user\n'
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}\n"
)


def test_a_template_without_end_holds_nobody(api: Api) -> None:
    """It is previewed, tried, added, planned and launched; others are answered meanwhile, and nothing is begun."""
    before = _experiments(api)
    preview = "query($text: String!) { previewEntry(kind: PROMPT, text: $text) { ... on EntryPreview { unrendered } } }"
    trial = "query($input: TrialInput!) { planTrial(input: $input) " + ANSWERED + " }"
    with ThreadPoolExecutor(1) as pool:
        shown = pool.submit(api.ask, preview, text=HEAVY)
        answered = 0
        while not shown.done() and answered < 1_000:
            assert api.ask("{ me { subject } }")["me"]["subject"]
            answered += 1
        assert "rendering it takes more than" in shown.result()["previewEntry"]["unrendered"]
        assert answered > 1
    tried = api.ask(trial, input={"model": "template", "text": HEAVY})["planTrial"]
    assert (tried["code"], tried["path"]) == ("INVALID_INPUT", ["prompt"])
    api.ask("mutation($text: String!) { addPrompt(text: $text) { __typename } }", text=HEAVY)
    launched = launch(api, "tip-bench-heavy", prompts=["heavy"])
    assert (launched["code"], launched["path"]) == ("INVALID_INPUT", ["prompts"])
    assert _experiments(api) == before


WALKED = {
    "launchBenchmark": "(input: {experiment: $c, models: [$c], prompts: [$c], rubric: $c}, idempotencyKey: $c)",
    "cancelRun": "(runId: $c)",
    "retryRun": "(runId: $c)",
    "rematerialize": "(experiment: $c, from: CANDIDATES)",
    "backfill": "(experiments: [$c])",
    "openJudgeRound": "(experiment: $c, judge: $c)",
    "closeJudgeRound": "(round: $c)",
    "submitScores": "(round: $c, answer: {item: $c, unscorable: $c, comment: $c})",
    "undoScores": "(round: $c, item: $c)",
    "flagItem": "(round: $c, item: $c, reason: $c)",
    "importScores": "(experiment: $c, size: 10, judge: $c)",
    "archiveExperiment": "(name: $c)",
    "unarchiveExperiment": "(name: $c)",
    "deleteExperiment": "(name: $c)",
    "setBaseline": "(name: $c, baseline: $c)",
    "chooseCell": "(experiment: $c, options: {margin: 0.2, champion: $c, judges: $c})",
    "writeChoicePage": "(experiment: $c, options: {margin: 0.2, champion: $c, judges: $c})",
    "shipCell": "(experiment: $c, cell: $c, anyway: $c)",
    "undoShip": "(experiment: $c)",
    "addPrompt": "(text: $c)",
    "addRubric": "(text: $c)",
    "addScenario": "(scenario: {text: $c, id: $c})",
    "tryPrompt": "(input: {model: $c, prompt: $c, scenario: $c})",
    "tryJudge": "(experiment: $c, judge: $c)",
    "inviteUser": "(role: JUDGE, judge: $c)",
    "grantRole": "(user: $c, role: USER)",
    "revokeSession": "(credential: $c)",
    "revokeToken": "(credential: $c)",
    "revokeInvitation": "(invitation: $c)",
    "makeToken": "(role: JUDGE, judge: $c)",
    "eraseUser": "(user: $c)",
    "redeliverDeadLetters": "(consumer: $c, ids: [$c])",
    "sendNoticeAgain": "(notice: $c)",
    "suppressAddress": "(address: $c)",
    "liftSuppression": "(address: $c)",
    "promotePolicy": "(policy: $c, reason: $c)",
    "rollBackPolicy": "(reason: $c)",
    "stopPolicies": "(reason: $c)",
    "pauseTips": "(kind: CELL, name: $c, reason: $c)",
    "resumeTips": "(kind: CELL, name: $c)",
    "makeWebhook": "(address: $c, events: [RUN_FINISHED], label: $c)",
    "testWebhook": "(webhook: $c)",
    "sendWebhookMessageAgain": "(message: $c)",
    "rotateWebhookSecret": "(webhook: $c)",
    "disableWebhook": "(webhook: $c)",
    "enableWebhook": "(webhook: $c)",
    "removeWebhook": "(webhook: $c)",
}


def test_no_row_of_the_audit_log_holds_what_was_typed(api: Api, shared_project: Project) -> None:
    """Every mutation is called with an address and a name in every free text; each leaves a row, none holds them."""
    root = "{ __schema { mutationType { fields { name } } } }"
    known = {field["name"] for field in api.ask(root)["__schema"]["mutationType"]["fields"]}
    assert known == set(WALKED)
    for name, arguments in WALKED.items():
        api.ask(f"mutation($c: String!) {{ {name}{arguments} {ANSWERED} }}", c=CANARY)
    prompt = f'name = "canary"\nversion = "1"\ntext = "{CANARY}: {{{{ scenario }}}}"\n'
    api.ask(f"mutation($c: String!) {{ addPrompt(text: $c) {ANSWERED} }}", c=prompt)
    (path,) = shared_project.home.glob("*.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        rows = [
            dict(zip(("operation", "all"), row, strict=True))
            for row in database.execute(
                "SELECT operation, actor || target || input_hash || outcome || before || after FROM audit_entries"
            )
        ]
    database.close()
    assert {row["operation"] for row in rows} >= known
    assert [row for row in rows if "canary" in row["all"].lower().replace("canary@1", "")] == []


def _post(address: str, body: object, headers: dict[str, str]) -> Any:
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)  # noqa: S310  # loopback
    return urllib.request.urlopen(request, timeout=DEADLINE_S)  # noqa: S310  # loopback


def _redeemed(api: Api, secret: str) -> dict[str, str]:
    """The headers of a browser that a link has signed in."""
    origin = f"http://127.0.0.1:{api.port}"
    headers = {"Content-Type": "application/json", "X-Tipbench": "1", "Origin": origin}
    with _post(f"{origin}/auth/redeem", {"secret": secret}, headers) as answer:
        return {**headers, "Cookie": answer.headers["Set-Cookie"].partition(";")[0]}


def _admin(api: Api) -> tuple[str, str]:
    """A second admin by invitation: the user's id and the session's cookie."""
    address = f"http://127.0.0.1:{api.port}/graphql"
    invite = "mutation { inviteUser(role: ADMIN) { __typename ... on Invitation { signInPath } } }"
    assert api.ask(invite)["inviteUser"]["__typename"] == "Forbidden"  # a token makes no admin
    with _post(address, {"query": invite}, _redeemed(api, api.link())) as answer:
        invited = json.loads(answer.read())["data"]["inviteUser"]
    headers = _redeemed(api, invited["signInPath"].partition("#")[2])
    with _post(address, {"query": "{ me { subject role } }"}, headers) as answer:
        found = json.loads(answer.read())["data"]["me"]
    assert found["role"] == "ADMIN"
    return found["subject"], headers["Cookie"]


def _read_on(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=DEADLINE_S)


def _by_websocket(api: Api, cookie: str, started: Callable[[], None]) -> tuple[str, float]:
    """How the subscription ended, and when."""
    origin: Any = f"http://127.0.0.1:{api.port}"
    protocols: Any = ["graphql-transport-ws"]
    address = f"ws://127.0.0.1:{api.port}/graphql"
    given: Any = {"origin": origin, "additional_headers": {"Cookie": cookie}}
    given |= {"open_timeout": DEADLINE_S, "ping_interval": None}
    with connect(address, subprotocols=protocols, **given) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(timeout=DEADLINE_S))["type"] == "connection_ack"
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": UPDATES}}))
        assert json.loads(socket.recv(timeout=DEADLINE_S))["type"] == "next"
        started()
        with pytest.raises(ConnectionClosed) as closed:
            _read_on(socket)
    received = closed.value.rcvd
    assert received is not None
    return str(received.code), time.monotonic()


def _by_events(api: Api, cookie: str, started: Callable[[], None]) -> tuple[str, float]:
    origin = f"http://127.0.0.1:{api.port}"
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream", "X-Tipbench": "1"}
    headers |= {"Origin": origin, "Cookie": cookie}
    with _post(f"{origin}/graphql", {"query": UPDATES}, headers) as answer:
        read = answer.readline()
        started()
        while line := answer.readline():
            read += line
    return read.decode(), time.monotonic()


@pytest.mark.parametrize("follow", [_by_websocket, _by_events])
def test_a_demoted_admin_hears_no_more(
    api: Api, shared_project: Project, follow: Callable[..., tuple[str, float]]
) -> None:
    """The open subscription ends with a code when the role is taken, and so does what is asked next."""
    shared_project("run", "tip-bench-demoted", *OPTIONS)
    user, cookie = _admin(api)
    demoted: list[float] = []

    def demote() -> None:
        answer = api.ask(f'mutation {{ grantRole(user: "{user}", role: USER) {ANSWERED} }}')["grantRole"]
        assert "code" not in answer, answer
        demoted.append(time.monotonic())

    said, ended = follow(api, cookie, demote)
    assert "44" in said or "FORBIDDEN" in said or "UNAUTHENTICATED" in said, said
    assert ended - demoted[0] < DEADLINE_S  # a second is promised


def test_a_ceiling_stops_a_paid_model(api: Api, shared_server: ModelServer) -> None:
    """A request that could cost more than the ceiling is never sent; with a higher one the same name goes on."""
    name = "tip-bench-paid"
    paid: dict[str, Any] = {"models": ["plain"], "nTips": 1, "nScenarios": 3}
    first = launch(api, name, maxCost=0.0000001, **paid)
    wait_for(lambda: {run["id"]: run["status"] for run in _runs(api, name)}.get(first["runId"]) == "failure")
    assert sum(shared_server.requested.values()) == 0
    second = launch(api, name, maxCost=1.0, **paid)
    wait_for(lambda: {run["id"]: run["status"] for run in _runs(api, name)}.get(second["runId"]) == "success")
    assert sum(shared_server.requested.values()) == 3
