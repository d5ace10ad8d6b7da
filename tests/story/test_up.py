"""`tipbench up`: one command serves the home, watches the inbox, and leaves no process behind however it ends."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.story.conftest import CLI

pytestmark = pytest.mark.slow
NAME = "tip-bench-up"
DEADLINE_S = 150


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _status(port: int, path: str) -> int:
    """The HTTP status of a GET, 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:  # loopback
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _await(holds: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.2)


def processes(home: Path) -> dict[int, str]:
    """Processes that were started for this home, by what their environment says."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            environ = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"TIPBENCH_HOME={home}".encode() in environ.split(b"\0") and command:
            found[int(folder.name)] = command.replace(b"\0", b" ").decode()[:120]
    return found


def _await_nothing_left(home: Path) -> None:
    deadline = time.monotonic() + 15
    while processes(home):
        assert time.monotonic() < deadline, processes(home)
        time.sleep(0.1)


def test_the_daemon_takes_scores_and_ctrl_c_ends_everything(project: Any) -> None:
    """A file renamed into the inbox is imported by itself; Dagit asks for a session; Ctrl-C ends with code 0."""
    project("run", NAME, "--models", "template", "--prompts", "terse", "--n-scenarios", "9")
    folder = project.export(NAME, "agent")
    rubric = json.loads((folder / "rubric.json").read_text())
    port = _free_port()
    process = project.start("up", "--port", str(port))
    try:
        _await(lambda: _status(port, "/readyz") == 200, process)
        assert (_status(port, "/healthz"), _status(port, "/dagster/"), _status(port, "/mlflow/")) == (200, 401, 401)
        inbox = project.home / "inbox" / NAME
        inbox.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps(
                {
                    "item": json.loads(line)["item"],
                    "rubric": f"{rubric['name']}@{rubric['version']}",
                    "scores": {criterion["name"]: 4 for criterion in rubric["criteria"]},
                }
            )
            for line in (folder / "items.jsonl").read_text().splitlines()
        ]
        (inbox / "scores.part").write_text("\n".join(lines) + "\n")
        (inbox / "scores.part").rename(inbox / "scores.jsonl")
        _await((inbox / "imported" / "scores.jsonl").exists, process)
        _await(lambda: project("leaderboard", NAME, "--format", "json").json()[0]["score"] == 4, process)
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    assert f"http://127.0.0.1:{port}" in out
    logs = "".join(path.read_text("utf-8", "replace") for path in (project.home / "logs").iterdir())
    assert '"route":"/dagster/…","status":401' in logs
    assert out.partition("#")[2].split()[0] not in logs + err
    _await_nothing_left(project.home)
    assert _status(port, "/healthz") == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_nothing_is_left(project: Any, number: signal.Signals) -> None:
    """Started with `&` by a shell without job control, which ignores SIGINT, it ends on every signal, children too."""
    port = _free_port()
    command = " ".join(f"'{part}'" for part in [*CLI, "up", "--port", str(port)])
    shell = ["sh", "-c", f"{command} >up.log 2>&1 & echo $!; wait"]
    process = subprocess.Popen(
        shell, cwd=project.folder, env=project.environ, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
    )
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    try:
        _await(lambda: _status(port, "/readyz") == 200, process)
        _await(lambda: len(processes(project.home)) >= 4, process)
    finally:
        os.kill(pid, number)
    _await_nothing_left(project.home)
    process.communicate(timeout=10)


def test_it_stops_being_ready_before_it_stops(project: Any) -> None:
    """On SIGTERM `/readyz` fails while requests are still answered; then it ends."""
    port = _free_port()
    process = project.start("up", "--port", str(port))
    try:
        _await(lambda: _status(port, "/readyz") == 200, process)
    finally:
        process.send_signal(signal.SIGTERM)
    seen = [200]
    while seen[-1] != 0:
        seen.append(_status(port, "/readyz"))
        if seen[-1] == 503:
            assert _status(port, "/healthz") in {200, 0}
    process.communicate(timeout=40)
    assert 503 in seen
    assert seen == sorted(seen, key=[200, 503, 0].index)


def test_a_dead_code_server_and_daemon_are_started_again(project: Any) -> None:
    """Killed, both come back by themselves, and the server is ready again."""
    port = _free_port()
    process = project.start("up", "--port", str(port))

    def children(word: str) -> list[int]:
        return [pid for pid, command in processes(project.home).items() if word in command and pid != process.pid]

    try:
        _await(lambda: _status(port, "/readyz") == 200 and len(children("dagster-daemon")) == 1, process)
        killed = children("api grpc") + children("dagster-daemon")
        assert len(killed) == 2
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        _await(lambda: len(set(children("api grpc") + children("dagster-daemon")) - set(killed)) == 2, process)
        _await(lambda: _status(port, "/readyz") == 200, process)
        assert _status(port, "/healthz") == 200
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=40)
    assert "the code server ended and is started again" in err
    _await_nothing_left(project.home)


def test_a_busy_port_is_one_sentence(project: Any) -> None:
    """Exit code 2 and what to do, before anything is started."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = project.start("up", "--port", str(port))
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err.count("\n")) == (2, 1)
    assert f"port {port}" in err
    assert "--port" in err


def test_a_setting_that_opens_too_much_is_one_sentence(project: Any) -> None:
    """Exit code 2 with what may be opened, before anything is started."""
    (project.folder / "tipbench.toml").write_text('[up]\ndagit_opened = ["everything"]\n')
    process = project.start("up", "--port", str(_free_port()))
    _, err = process.communicate(timeout=60)
    told = [line for line in err.splitlines() if not line.startswith("made in ")]  # a fresh home's keys
    assert (process.returncode, len(told)) == (2, 1)
    assert "dagit_opened holds everything: use any of" in err
    _await_nothing_left(project.home)
