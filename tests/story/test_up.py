"""`tipbench up`: Dagit on the home, with the inbox watched by its daemon."""

import json
import os
import signal
import socket
import time
import urllib.request
from typing import Any

import pytest

pytestmark = pytest.mark.slow
NAME = "tip-bench-up"
DEADLINE_S = 150


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _ask(port: int, query: str) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # http on the loopback interface
        return json.loads(answer.read())["data"]


def test_dagit_serves_and_the_daemon_takes_scores(project: Any) -> None:
    """Dagit lists the assets, a file renamed into the inbox is imported by itself, and Ctrl-C ends everything."""
    project("run", NAME, "--models", "template", "--prompts", "terse", "--n-scenarios", "9")
    folder = project.export(NAME, "agent")
    rubric = json.loads((folder / "rubric.json").read_text())
    port = _free_port()
    process = project.start("up", "--port", str(port))
    try:
        assets: list[Any] = []
        deadline = time.monotonic() + DEADLINE_S
        while len(assets) < 4:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(1)
            try:
                assets = _ask(port, "{ assetNodes { opName } }")["assetNodes"]
            except OSError:
                continue
        assert {node["opName"] for node in assets} == {"candidates", "judge_exports", "judge_scores", "leaderboards"}
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
        while not (inbox / "imported" / "scores.jsonl").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(1)
        while project("leaderboard", NAME, "--format", "json").json()[0]["score"] != 4:
            assert time.monotonic() < deadline
            time.sleep(1)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=40)
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(OSError, match="refused"):
        _ask(port, "{ version }")
