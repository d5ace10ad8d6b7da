"""The mirror's process: it holds nothing up, and finishes what it was given."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from contracts.benchmark.tracking import MirrorCell, MirrorRun, TrackingUnavailable
from core.canonical import content_hash
from resources.home import Home
from resources.tracking import SubprocessTracker
from resources.tracking.subprocess_tracker import SOURCE
from resources.tracking.worker import READY, Mirrored, MirrorReply
from tests.deadline import DEADLINE_S
from tests.recording_proxy import recording_proxy

pytestmark = pytest.mark.slow
RUN = MirrorRun(
    experiment="tip-bench-mirror",
    spec_hash="a" * 64,
    status="collected",
    params={"seed": "7"},
    cells=(MirrorCell(cell=0, model="m", prompt="p", params={"model": "m"}, metrics={"n_text": 2.0}),),
)


def _links(home: Home) -> Mirrored:
    path, deadline = home.experiment(RUN.experiment) / "tracking.json", time.monotonic() + DEADLINE_S
    while not path.exists():
        assert time.monotonic() < deadline, "the mirror did not finish in the background"
        time.sleep(0.05)
    return msgspec.json.decode(path.read_bytes(), type=Mirrored)


def test_a_mirror_that_is_not_ready_goes_on_in_the_background(tmp_path: Path) -> None:
    """The first mirroring returns at once and is there later, though whoever asked has closed it."""
    home = Home(tmp_path)
    tracker = SubprocessTracker(home, None)
    assert tracker.mirror(RUN, 10.0) is None
    tracker.close(DEADLINE_S)
    found = _links(home)
    assert found.of == content_hash(RUN)
    assert found.uri.endswith("mlflow.db")
    assert list((home.mlflow / "waiting").iterdir()) == []


def test_a_mirror_that_is_waited_for_gives_its_links(tmp_path: Path) -> None:
    """The same run again is the same run there."""
    home = Home(tmp_path)
    tracker = SubprocessTracker(home, None)
    first = tracker.mirror(RUN)
    assert first is not None
    assert tracker.mirror(RUN, 120.0) == first
    assert _links(home).run_id == first.run_id
    tracker.close(DEADLINE_S)


def test_a_server_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the process is ready it has the seconds that it is given; the address's password is not said."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")  # so that the process ends with the test
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://me:hush@127.0.0.1:{silent.getsockname()[1]}"
        tracker = SubprocessTracker(Home(tmp_path), uri)
        tracker.warm()
        assert tracker.wait_until_ready(DEADLINE_S)
        with pytest.raises(TrackingUnavailable, match=r"did not take tip-bench-mirror within 0\.3 s") as raised:
            tracker.mirror(RUN, 0.3)
        assert "hush" not in str(raised.value)


def _python(environ: dict[str, str], *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=SOURCE,
        env=environ,
        input=given,
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )


def test_a_process_that_is_given_nothing_ends_at_once(tmp_path: Path) -> None:
    """When its input ends before anything was mirrored it does not import MLflow first, and makes no database."""
    done = _python(dict(os.environ), "-m", "resources.tracking.worker", str(tmp_path / "home"), "")
    assert (done.returncode, done.stdout) == (0, b"")
    assert not (tmp_path / "home").exists()


def test_the_real_process_reports_nothing_to_anybody_and_prints_no_banner(tmp_path: Path) -> None:
    """On a fresh home, outside of tests as MLflow sees it: one mirrored run, and no request to MLflow's makers."""
    (run := tmp_path / "run.json").write_bytes(msgspec.json.encode(RUN))
    with recording_proxy() as proxy:
        environ = proxy.environ(os.environ)
        done = _python(
            environ,
            "-W",
            "ignore",
            "-m",
            "resources.tracking.worker",
            str(tmp_path / "home"),
            "",
            given=f"{run}\n".encode(),
        )
        assert proxy.requested == []
        reports = "import requests; from mlflow.telemetry.constant import CONFIG_URL as to; requests.get(to, timeout=9)"
        _python(environ, "-c", reports)  # what MLflow would report goes the way of this request
        assert [line.split(":")[0] for line in proxy.requested] == ["CONNECT config.mlflow-telemetry.io"]
    assert (done.returncode, done.stderr) == (0, b"")
    ready, reply = done.stdout.splitlines(keepends=True)
    assert ready == READY
    links = msgspec.json.decode(reply, type=MirrorReply).links
    assert links is not None
    assert links.uri.endswith("mlflow.db")
