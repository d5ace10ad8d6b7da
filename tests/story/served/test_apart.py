"""`tipbench up` with modules in processes of their own: one server, which says when a part of it is away."""

import json
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.services.notifier.channels.web_push.push_peer import PushPeer, push_peer_in_thread
from tests.story.peers.project import Project
from tests.story.peers.up import wait_for

pytestmark = pytest.mark.slow


class Browser:
    """A browser at the server, with its cookies."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, method: str, path: str, body: Any = None, version: str | None = None) -> tuple[int, Any]:
        """Status and JSON; 0 while nobody listens."""
        headers = {"Origin": self._origin, "X-Tipbench": "1", "Content-Type": "application/json"}
        headers |= {"If-Match": version} if version else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._origin + path, data, headers, method=method)  # noqa: S310  # loopback
        try:
            with self._opener.open(request, timeout=DEADLINE_S) as answer:
                return answer.status, None if answer.status == 204 else json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except urllib.error.URLError:
            return 0, None


@contextmanager
def _alone(project: Project, module: str, path: Path) -> Iterator["subprocess.Popen[str]"]:
    process = project.start("serve", module, "--socket", str(path))
    try:
        wait_for(lambda: _listens(path), process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=DEADLINE_S)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0


def _shows(browser: Browser, section: str) -> bool:
    status, said = browser.ask("GET", "/v1/home")
    return status == 200 and bool(said["sections"][section]["status"] == "ok")


def _recommended_and_reported(browser: Browser) -> bool:
    status, made = browser.ask("POST", "/v1/recommend", {"surface": "page", "context": {"area": "sleep"}})
    assert (status, made["fallback"]) == (200, True)
    said = {"decision": made["decision"], "tip": made["tips"][0]["tip"], "event": "shown", "id": "shown-1"}
    return [browser.ask("POST", "/v1/feedback", said)[0] for _ in range(2)] == [204, 200]


def _goes_by_push(browser: Browser) -> bool:
    week = {"notices": [{"topic": "sleep", "after_minutes": 0}]}
    status, said = browser.ask("POST", "/v1/notices/week", week)
    return status == 200 and bool(said["notices"][0]["channel"] == "push")


def _pushed(browser: Browser, peer: PushPeer) -> dict[str, Any]:
    """What the push service read of a test that the user sent themselves, once notifier knows of their consent."""
    agree = {"given": True, "version": 1}
    assert browser.ask("PUT", "/v1/profile/consents/push", agree)[0] == 200
    assert browser.ask("PUT", "/v1/profile", {"preferences": {"channels": ["push"]}}, "*")[0] == 200
    assert browser.ask("POST", "/v1/push/subscriptions", json.loads(peer.address()))[0] == 200
    wait_for(lambda: _goes_by_push(browser))
    assert browser.ask("POST", "/v1/notices/test", {"channel": "push"})[0] == 200
    found: dict[str, Any] = wait_for(lambda: peer.messages)[0]
    return found


def test_modules_in_processes_of_their_own(project: Project) -> None:
    """Sign-in, profile, a tip and a push work over the walls; without auth it is 503, then all is well again."""
    project("keys", "make")
    peer = PushPeer()
    with tempfile.TemporaryDirectory(prefix="tipbench-") as folder, ExitStack() as rest:
        port = rest.enter_context(reserved_port())
        rest.enter_context(push_peer_in_thread(peer))
        places = {module: Path(folder) / f"{module}.sock" for module in ("auth", "profile", "notifier", "recommender")}
        tables = "".join(f'{module} = "unix:{path}"\n' for module, path in places.items())
        with (project.folder / "tipbench.toml").open("a") as file:
            file.write(f'\n[modules]\n{tables}\n[up]\negress_exceptions = ["127.0.0.1:{peer.pair[1]}"]\n')
            file.write('\n[notifier]\ncontact = "mailto:us@tips.example"\n')
        for module in ("profile", "notifier", "recommender"):
            rest.enter_context(_alone(project, module, places[module]))
        browser = Browser(f"http://127.0.0.1:{port}")
        with _alone(project, "auth", places["auth"]):
            up = project.start("up", "--port", str(port))
            rest.callback(up.communicate, timeout=DEADLINE_S)
            rest.callback(up.send_signal, signal.SIGINT)  # before the other: the last is called first
            assert up.stdout is not None
            assert "tipbench on" in up.stdout.readline()
            secret = up.stdout.readline().strip().partition("#")[2]
            assert browser.ask("POST", "/auth/redeem", {"secret": secret})[0] == 200
            assert browser.ask("GET", "/auth/me")[1]["role"] == "ADMIN"
            wait_for(lambda: all(_shows(browser, each) for each in ("profile", "notifications", "tips")), up)
            assert browser.ask("GET", "/v1/profile")[0] == 200
            assert _recommended_and_reported(browser)
            assert _pushed(browser, peer)["text"] == "Notices reach you by push."
        assert browser.ask("GET", "/v1/profile")[0] == 503
        with _alone(project, "auth", places["auth"]):
            assert browser.ask("GET", "/auth/me")[1]["role"] == "ADMIN"
