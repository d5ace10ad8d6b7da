"""A served home to attack: an experiment of a usual size, an open round, a token for each caller."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.server.root_fields import NAME, write_outputs

CLI = [sys.executable, "-c", "from wiring.cli import main; main()"]
DEADLINE_S, SCENARIOS = 120.0, 60
CHECKS = "file_check"
"""What a process that checks an upload has on its command line."""
BYSTANDER = "bystander"
"""The judge whose calls are timed."""
ATTACKERS = tuple(f"attacker-{number}" for number in range(3))
"""Judges who send files; each has a quota."""


@dataclass(frozen=True)
class Target:
    """What an attacker knows: the port, the home for whoever has files in it, and the tokens of its accounts."""

    port: int
    home: str
    tokens: dict[str, str] = field(default_factory=dict)
    experiment: str = NAME

    def head(self, method: str, path: str, *more: str) -> bytes:
        """Return the head of a request, without the empty line at its end."""
        lines = (f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self.port}", *more)
        return "".join(f"{line}\r\n" for line in lines).encode()

    def graphql(self, query: str, who: str, variables: dict[str, Any] | None = None) -> bytes:
        """Return a whole POST to the GraphQL API, after which the connection is closed."""
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        credential = (f"authorization: Bearer {self.tokens[who]}", "content-type: application/json")
        return self.head("POST", "/graphql", *credential, f"content-length: {len(body)}", "connection: close") + (
            b"\r\n" + body
        )

    def ask(self, query: str, who: str, **variables: Any) -> Any:
        """Return `data` of an answer; raise RuntimeError for errors."""
        sent = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"authorization": f"Bearer {self.tokens[who]}", "content-type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/graphql", sent, headers)
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:  # noqa: S310 - loopback
            body = json.loads(answer.read())
        if "errors" in body:
            raise RuntimeError(body["errors"])
        return body["data"]


def _status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _token(folder: Path, environ: dict[str, str], *given: str) -> str:
    command = [*CLI, "token", "--ttl", "1h", *given]
    return subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def served(folder: Path, scenarios: int = SCENARIOS) -> Iterator[Target]:
    """Serve a new home below `folder` until the block ends."""
    home = folder / "home"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TIPBENCH", "MLFLOW"))}
    environ |= {"TIPBENCH_HOME": str(home)}
    (folder / "tipbench.toml").write_text("")
    write_outputs(folder / "outputs.jsonl", scenarios)
    judges = [word for judge in (BYSTANDER, *ATTACKERS) for word in ("--judge", judge)]
    for command in (["adopt", NAME, "outputs.jsonl"], ["export", NAME, *judges]):
        subprocess.run([*CLI, *command], cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    up = [*CLI, "up", "--port", str(port)]
    process = subprocess.Popen(up, cwd=folder, env=environ, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + DEADLINE_S
        while _status(port, "/readyz") != 200:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server was not ready in time")
            time.sleep(0.1)
        tokens = {role: _token(folder, environ, "--role", role) for role in ("admin", "user")}
        for judge in (BYSTANDER, *ATTACKERS):
            tokens[judge] = _token(folder, environ, "--role", "judge", "--judge", judge)
        yield Target(port, str(home), tokens)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def processes(home: str, command: str = "") -> frozenset[int]:
    """Return the ids of all processes that were started for a home, by a command line with these words."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            ours = f"TIPBENCH_HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0")
            if ours and command in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except OSError:
            continue
    return frozenset(found)


def memory(ids: frozenset[int]) -> float:
    """Return the resident memory of these processes in MB, without those that have ended."""
    total = 0.0
    for number in ids:
        try:
            found = re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{number}/status").read_text(), re.MULTILINE)
        except OSError:
            continue
        total += int(found[1]) / 1000 if found else 0.0
    return total
