"""How long `tipbench up` takes to be ready on a home that was used before, and the memory of all its processes, idle.

usage: python -m benchmarks.server.up [--rounds N] [--idle SECONDS]
"""

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

CLI = [sys.executable, "-c", "from wiring.cli import main; main()"]
DEADLINE_S = 120.0


def status(port: int, path: str) -> int:
    """The HTTP status of a GET, 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:  # loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def until(port: int, path: str, started: float) -> float:
    """Seconds from `started` to the first 200."""
    while status(port, path) != 200:
        if time.perf_counter() - started > DEADLINE_S:
            raise RuntimeError(f"{path} was not there after {DEADLINE_S:.0f} s")
        time.sleep(0.02)
    return time.perf_counter() - started


def processes(home: Path) -> dict[str, tuple[float, float]]:
    """(RSS, PSS) in MB of every process started for the home, by what it is."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            environ = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            rollup = (folder / "smaps_rollup").read_text()
        except OSError:
            continue
        if f"TIPBENCH_HOME={home}".encode() in environ.split(b"\0"):
            words = ("api grpc", "dagster-daemon", "resource_tracker", "main()", "mlflow")
            name = next((word for word in words if word in command), command[:40])
            sizes = [int(re.search(rf"^{field}:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1000 for field in ("Rss", "Pss")]  # type: ignore[index] # the kernel writes both
            found[f"{name} {folder.name}"] = (sizes[0], sizes[1])
    return found


def main() -> None:
    """Print one line a round and the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--idle", type=float, default=10.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        environ = {**os.environ, "TIPBENCH_HOME": str(home)}
        rounds = [one_round(Path(folder), home, environ, arguments.idle) for _ in range(arguments.rounds + 1)][1:]
    for name, place, limit in (
        ("API ready, s", 0, 8),
        ("Dagit ready, s", 1, 20),
        ("RSS, MB", 2, 650),
        ("PSS, MB", 3, 650),
    ):
        values = [each[place] for each in rounds]
        print(f"{name}: median {statistics.median(values):.1f}, worst {max(values):.1f}, limit {limit}")


def one_round(folder: Path, home: Path, environ: dict[str, str], idle_s: float) -> tuple[float, float, float, float]:
    """Seconds until the API and Dagit's workspace are there, then RSS and PSS of everything in MB."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.perf_counter()
    process = subprocess.Popen([*CLI, "up", "--port", str(port)], cwd=folder, env=environ, stdout=subprocess.DEVNULL)
    try:
        api, dagit = until(port, "/healthz", started), until(port, "/readyz", started)
        time.sleep(idle_s)
        sizes = processes(home)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    rss, pss = (sum(size[place] for size in sizes.values()) for place in (0, 1))
    parts = ", ".join(f"{name.rsplit(' ', 1)[0]} {size[0]:.0f}" for name, size in sizes.items())
    print(f"API {api:.1f} s, Dagit {dagit:.1f} s, RSS {rss:.0f} MB ({parts}), PSS {pss:.0f} MB", flush=True)
    return api, dagit, rss, pss


if __name__ == "__main__":
    main()
