"""`tipbench up`: one command serves the home, watches the inbox, and leaves no process behind however it ends."""

import http.client
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from kit.private_files import private_files
from resources.dagster.recording_queue import RecordingQueue
from resources.home import Home
from resources.home_modes import open_to_others
from resources.steps.result import StepResult
from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.story.peers.project import CLI, Project
from tests.story.peers.up import children, running_up, status_of, wait_for, wait_for_nothing_left
from tests.whole_answers import whole_answer

pytestmark = pytest.mark.slow
NAME = "tip-bench-up"


def _answers(folder: Path) -> str:
    """A score file that answers every item of an export with four."""
    rubric = json.loads((folder / "rubric.json").read_text())
    rest = {
        "rubric": f"{rubric['name']}@{rubric['version']}",
        "scores": whole_answer(rubric, 4),
    }
    items = [json.loads(line)["item"] for line in (folder / "items.jsonl").read_text().splitlines()]
    return "".join(json.dumps({"item": item, **rest}) + "\n" for item in items)


def _children(project: Project, serving: int) -> dict[str, int]:
    """The code server and the daemon of a serving process, each as often as it runs."""
    found = children(project.home, serving)
    kinds = ("api grpc", "dagster-daemon")
    return {f"{kind} {pid}": pid for kind in kinds for pid, command in found.items() if kind in command}


def _two_children(project: Project, serving: int) -> dict[str, int]:
    """Both; nothing while one is missing, or another that has just been forked is called as this process is."""
    found = _children(project, serving)
    return found if len(found) == 2 else {}


def test_it_serves_and_ctrl_c_ends_everything(project: Project) -> None:
    """A file renamed into the inbox is imported; what dies comes back; Dagit asks for a session; Ctrl-C ends with 0."""
    project("run", NAME, "--models", "template", "--prompts", "terse", "--n-scenarios", "9")
    answers = _answers(project.export(NAME, "agent"))
    queue = RecordingQueue(Home(project.home))
    with private_files():
        assert queue.add(NAME, [StepResult("candidates", {"left": "nothing"})])  # its recorder was killed
    project.environ["GUARDED_KEY"] = "sk-canary"
    with running_up(project) as up:
        wait_for(lambda: not queue.waiting(), up.process)
        paths = ("/healthz", "/dagster/", "/mlflow/")
        assert [status_of(up.port, path) for path in paths] == [200, 401, 401]
        inbox = project.home / "inbox" / NAME
        with private_files():
            inbox.mkdir(parents=True, exist_ok=True)
            (inbox / "scores.part").write_text(answers)
        (inbox / "scores.part").rename(inbox / "scores.jsonl")
        wait_for((inbox / "imported" / "scores.jsonl").exists, up.process)
        wait_for(lambda: project("leaderboard", NAME, "--format", "json").json()[0]["score"] == 4, up.process)
        assert list(open_to_others(Home(project.home))) == []

        killed = wait_for(lambda: _two_children(project, up.process.pid), up.process)
        holds = {
            kind.split()[0]: b"sk-canary" in Path(f"/proc/{pid}/environ").read_bytes() for kind, pid in killed.items()
        }
        assert holds == {"api": True, "dagster-daemon": False}  # only who requests tips
        for pid in killed.values():
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: len(_children(project, up.process.pid).keys() - killed.keys()) == 2, up.process)
        wait_for(lambda: status_of(up.port, "/readyz") == 200, up.process)
        assert status_of(up.port, "/healthz") == 200

        assert up.end(signal.SIGINT) == 0, up.err
        assert status_of(up.port, "/healthz") == 0
    assert f"http://127.0.0.1:{up.port}" in up.out
    assert "the code server ended and is started again" in up.err
    logs = "".join(path.read_text("utf-8", "replace") for path in (project.home / "logs").iterdir())
    assert '"route":"/dagster/…","status":401' in logs
    assert up.out.partition("#")[2].split()[0] not in logs + up.err
    wait_for_nothing_left(project.home)


def _status_on(connection: http.client.HTTPConnection) -> int:
    """The status of `/readyz`, 0 where the server has ended."""
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    return answer.status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_nothing_is_left(project: Project, number: signal.Signals) -> None:
    """Started with `&` by a shell without job control, which ignores SIGINT, it ends on every signal, children too.

    What is ready before stops being ready before it stops answering, and is never ready again.
    """
    with reserved_port() as port:
        command = " ".join(f"'{part}'" for part in [*CLI, "up", "--port", str(port)])
        shell = ["sh", "-c", f"{command} >up.log 2>&1 & echo $!; wait"]
        process = subprocess.Popen(
            shell, cwd=project.folder, env=project.environ, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
        )
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
        try:
            wait_for(lambda: status_of(port, "/readyz") == 200, process)
            wait_for(lambda: _two_children(project, pid), process)
            assert _status_on(connection) == 200
        finally:
            os.kill(pid, number)
        seen = [200, _status_on(connection)]  # asked at once, on a connection that is open
        connection.close()
        while seen[-1] != 0:
            seen.append(status_of(port, "/readyz"))
            if seen[-1] == 503:
                assert status_of(port, "/healthz") in {200, 0}
        assert seen == sorted(seen, key=[200, 503, 0].index)
        wait_for_nothing_left(project.home)
        process.communicate(timeout=DEADLINE_S)


def test_a_busy_port_is_one_sentence(project: Project) -> None:
    """Exit code 2 and what to do, before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = project.start("up", "--port", str(port))
        _, err = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, err.count("\n")) == (2, 1)
    assert f"port {port}" in err
    assert "--port" in err


def test_a_setting_that_opens_too_much_is_one_sentence(project: Project) -> None:
    """Exit code 2 with what may be opened, before anything is started."""
    (project.folder / "tipbench.toml").write_text('[up]\ndagit_opened = ["everything"]\n')
    with reserved_port() as port:
        process = project.start("up", "--port", str(port))
        _, err = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, err.count("\n")) == (2, 1)
    assert "dagit_opened holds everything: use any of" in err
    assert not (project.home / "keys").exists()
