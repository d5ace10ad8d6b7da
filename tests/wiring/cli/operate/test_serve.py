"""`tipbench serve`: a module alone in a real process, asked by a gateway that was told of it."""

import http.client
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.access.caller import Role
from contracts.modules.profile import Profile, Purpose
from contracts.refusals import Forbidden, InvalidInput, NotFound, Unavailable
from contracts.tips.serving import MOST_BATCHES
from resources.home import Home
from resources.rpc.client import UnixConnection
from resources.rpc.internal_tokens import ACTING, Principal, Signer, signing_key
from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.resources.serving.models import model_at, prompt_for
from tests.story.peers.model_server import model_server
from tests.story.peers.up import wait_for
from wiring.keys import make_keys
from wiring.modules.remote import remote_auth, remote_service

pytestmark = pytest.mark.slow
CLI = [sys.executable, "-c", "from wiring.cli import main; main()"]
ROOT = Path(__file__).parents[4]

MODELS = """
[endpoints.far]
base_url = "{url}"
max_attempts = 1

[[models]]
name = "plain"
provider = "openai"
endpoint = "far"
model = "plain"
local = true
"""


@pytest.fixture
def home() -> Iterator[Home]:
    """A home with its keys, whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="tipbench-") as folder:
        made = Home(Path(folder) / "home")
        make_keys(made, {})
        yield made


def _start(home: Home, *more: str, module: str = "auth") -> "subprocess.Popen[str]":
    others = {name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")}
    environ = {**others, "TIPBENCH_HOME": str(home.root), "TIPBENCH_PROJECT": str(home.root.parent)}
    command = [*CLI, "serve", module, *more]
    return subprocess.Popen(command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@contextmanager
def _running(home: Home, *more: str, module: str = "auth") -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The process, and where it says that it listens."""
    process = _start(home, *more, module=module)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith(f"{module} on "), process.communicate(timeout=DEADLINE_S)
        place = said.removeprefix(f"{module} on ").partition(";")[0]
        _until_it_answers(place)
        yield process, place
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE_S)


def _connection(place: str) -> http.client.HTTPConnection:
    if place.startswith("unix:"):
        return UnixConnection(place.removeprefix("unix:"), DEADLINE_S)
    return http.client.HTTPConnection(place.removeprefix("http://"), timeout=DEADLINE_S)


def _status(place: str, path: str, headers: dict[str, str], method: str = "POST") -> int:
    connection = _connection(place)
    try:
        connection.request(method, path, b'{"secret":"x"}' if method == "POST" else None, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _until_it_answers(place: str) -> None:
    until = time.monotonic() + DEADLINE_S
    while True:
        try:
            assert _status(place, "/healthz", {}, "GET") == 200
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.02)
        else:
            return


@pytest.mark.parametrize("way", ["socket", "port"])
def test_auth_alone_keeps_its_contract(home: Home, way: str) -> None:
    """Link, session, token, role and revocation over the wall; other processes see a change within a second."""
    with reserved_port() as port, _running(home, *(["--port", str(port)] if way == "port" else [])) as started:
        process, place = started
        auth = remote_auth(home, place)
        signed_in = auth.redeem(auth.local_link().secret)
        caller = auth.by_session(signed_in.secret)
        assert caller == signed_in.caller
        assert caller.role is Role.ADMIN
        token = auth.issue_token(Role.JUDGE, 3600, "anna")
        judge = auth.by_bearer(token)
        assert judge is not None
        assert judge.judge == "anna"
        assert len(auth.jwks()) == 1
        with pytest.raises(NotFound):
            auth.redeem("x" * 43)
        auth.revoke(signed_in.caller.credential)
        assert auth.by_session(signed_in.secret) is None
        assert not auth.is_live(signed_in.caller)
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) == 0
        with pytest.raises(Unavailable):
            auth.by_session(signed_in.secret)
        with pytest.raises(Unavailable):
            auth.local_link()
    assert list((home.root / "run").glob("*")) == []


def test_nobody_but_the_gateway_is_answered(home: Home) -> None:
    """None, a forged, an expired and another module's token are 401; the socket is its owner's alone."""
    own = Signer(signing_key(home), time.time)
    other = Home(home.root.parent / "other")
    tokens = {
        "forged": Signer(signing_key(other), time.time).sign("auth", Principal()),
        "expired": Signer(signing_key(home), lambda: time.time() - 120).sign("auth", Principal()),
        "another module's": own.sign("profile", Principal()),
        "a bearer token of a user": "",
    }
    with _running(home) as (_, place):
        tokens["a bearer token of a user"] = remote_auth(home, place).issue_token(Role.ADMIN, 3600)
        path = Path(place.removeprefix("unix:"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert _status(place, "/call/by_session", {}) == 401
        assert _status(place, "/call/by_session", {"X-User": "local-admin", "X-Role": "ADMIN"}) == 401
        for what, token in tokens.items():
            assert _status(place, "/call/by_session", {"Authorization": f"Bearer {token}"}) == 401, what
        good = {"Authorization": f"Bearer {own.sign('auth', Principal())}"}
        assert _status(place, "/call/by_session", good) == 200


def test_one_process_listens(home: Home) -> None:
    """A second is refused with one sentence; a socket that a killed one left is taken over."""
    with _running(home) as (process, place):
        second = _start(home)
        _, said = second.communicate(timeout=DEADLINE_S)
        assert (second.returncode, said.count("\n")) == (2, 1)
        assert "is listened on by another process" in said
        process.kill()
        process.wait(DEADLINE_S)
        assert Path(place.removeprefix("unix:")).is_socket()
    with _running(home) as (_, place):
        assert _status(place, "/healthz", {}, "GET") == 200


def test_without_the_gateways_key_it_does_not_start(home: Home) -> None:
    """And says which file is missing and where it comes from."""
    (home.keys / "internal.pub").unlink()
    process = _start(home)
    _, said = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 2
    assert "lacks internal.pub" in said


def test_profile_alone_gives_everybody_their_own(home: Home) -> None:
    """A user's profile and consents for that user, an admin and the server; another's are refused."""
    with _running(home, module="profile") as (_, place):
        profile = remote_service(home, "profile", place)
        stored = profile.put_profile("user-1", Profile(name="Ada"), 0)
        assert profile.profile("user-1") == stored
        assert profile.decide("user-1", Purpose.IMPROVE, given=True, version=1, channel="session").given
        for principal, may in (
            (Principal("user-1", "USER"), True),
            (Principal("user-2", "USER"), False),
            (Principal("a", "ADMIN"), True),
        ):
            token = ACTING.set(principal)
            try:
                assert profile.allows("user-1", Purpose.IMPROVE) is may
            except Forbidden:
                assert not may
            finally:
                ACTING.reset(token)
        own = Signer(signing_key(home), time.time).sign("auth", Principal())
        assert _status(place, "/call/profile", {"Authorization": f"Bearer {own}"}) == 401


def test_serving_alone_asks_models_and_has_no_data(home: Home) -> None:
    """Prompts go over the wall and answers come back; the process makes no database, and a killed one is away."""
    with model_server() as peer:
        model = model_at(peer.url)
        catalog = home.root.parent / "catalog"
        catalog.mkdir()
        (catalog / "models.toml").write_text(MODELS.format(url=peer.url))
        before = {path for path in home.root.rglob("*") if path.is_file()}
        with _running(home, module="serving") as (process, place):
            serving = remote_service(home, "serving", place)
            assert serving.concurrency(["plain"]) == {"plain": 16}
            (answer,) = serving.answers([prompt_for(model, 5)], DEADLINE_S / 4)
            assert "step 5 before" in answer.text
            with pytest.raises(InvalidInput, match="within_s"):
                serving.answers([], 0.0)
            assert not home.has_database
            new = {path for path in home.root.rglob("*") if path.is_file()} - before
            assert {path.parent.name for path in new} <= {"logs"}
            peer.held_from = 0
            with ThreadPoolExecutor(MOST_BATCHES) as pool:
                waiting = [pool.submit(serving.answers, [prompt_for(model, n)], 120.0) for n in range(MOST_BATCHES)]
                wait_for(lambda: peer.at_once == MOST_BATCHES, process)  # each of them has its place
                assert _busy(home, place) == (503, "1")
                process.kill()
                for each in waiting:
                    with pytest.raises(Unavailable, match="serving does not answer"):
                        each.result(DEADLINE_S)
            with pytest.raises(Unavailable):
                serving.concurrency(["plain"])


def _busy(home: Home, place: str) -> tuple[int, str | None]:
    """Status and Retry-After of a batch that asks no model."""
    token = Signer(signing_key(home), time.time).sign("serving", Principal())
    connection = _connection(place)
    try:
        body = b'{"prompts": [], "within_s": 1.0}'
        connection.request("POST", "/call/answers", body, {"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, answer.headers["Retry-After"]
    finally:
        connection.close()
