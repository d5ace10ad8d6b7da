"""`tipbench up` with auth and profile in processes of their own: one server, which says when a part of it is away."""

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
from tests.story.peers.project import Project
from tests.story.peers.up import wait_for

pytestmark = pytest.mark.slow


class Browser:
    """A browser at the server, with its cookies."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON; 0 while nobody listens."""
        headers = {"Origin": self._origin, "X-Tipbench": "1", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._origin + path, data, headers, method=method)  # noqa: S310  # loopback
        try:
            with self._opener.open(request, timeout=DEADLINE_S) as answer:
                return answer.status, json.load(answer)
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


def test_modules_in_processes_of_their_own(project: Project) -> None:
    """Sign-in, first screen and profile work over both walls; without auth it is 503, with it again all is well."""
    project("keys", "make")
    with tempfile.TemporaryDirectory(prefix="tipbench-") as folder, ExitStack() as rest:
        port = rest.enter_context(reserved_port())
        auth, profile = Path(folder) / "auth.sock", Path(folder) / "profile.sock"
        table = f'\n[modules]\nauth = "unix:{auth}"\nprofile = "unix:{profile}"\n'
        with (project.folder / "tipbench.toml").open("a") as file:
            file.write(table)
        rest.enter_context(_alone(project, "profile", profile))
        browser = Browser(f"http://127.0.0.1:{port}")
        with _alone(project, "auth", auth):
            up = project.start("up", "--port", str(port))
            rest.callback(up.communicate, timeout=DEADLINE_S)
            rest.callback(up.send_signal, signal.SIGINT)  # before the other: the last is called first
            assert up.stdout is not None
            assert "tipbench on" in up.stdout.readline()
            secret = up.stdout.readline().strip().partition("#")[2]
            assert browser.ask("POST", "/auth/redeem", {"secret": secret})[0] == 200
            assert browser.ask("GET", "/auth/me")[1]["role"] == "ADMIN"
            wait_for(lambda: browser.ask("GET", "/v1/home")[1]["sections"]["profile"]["status"] == "ok", up)
            assert browser.ask("GET", "/v1/profile")[0] == 200
        assert browser.ask("GET", "/v1/profile")[0] == 503
        with _alone(project, "auth", auth):
            assert browser.ask("GET", "/auth/me")[1]["role"] == "ADMIN"
