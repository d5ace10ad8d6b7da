"""What a bystander notices while a served home is attacked at its limits, in time, refusals and memory.

usage: python -m benchmarks.server.hostile [--seconds N] [--only ROW …] [--markdown]

The attacker stands for another machine: a process with one core, on which it gives way to all others. The bystander
calls from another address of loopback. Memory is that of the processes that stand when all is idle, and of those that
check uploads: the bystander's own answers start publishing runs, which come and go.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.server.hostile.attacks import ATTACKS
from benchmarks.server.hostile.bystander import Bystander, Seen
from benchmarks.server.hostile.served import Target, memory, processes, served

ELSEWHERE, SAME = "127.0.0.2", "127.0.0.1"
SLOWER, MORE_MB = 10.0, 300.0
"""Goals: p99 at most so many times the quiet one, so much memory above idle."""
LONGEST_S = 300.0
"""Seconds in which an attacker has to end once its time is over: where others want its core, it gets little of it."""
SETTLED = 10
"""Seconds in which the memory changes by less than a megabyte."""
COLUMNS = ("attack", "call", "p50, ms", "p99, ms", "× quiet p99", "refused", "MB above idle")


def attacked(
    target: Target, bystander: Bystander, name: str, seconds: float, standing: frozenset[int]
) -> tuple[Seen, dict[str, int]]:
    """Return what the bystander saw under an attack, and what came of the attack.

    What a web page makes a browser send comes from the bystander's own address.
    """
    command = [sys.executable, "-m", "benchmarks.server.hostile.attacks", name, str(seconds + 1)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("pipes were asked for")
        process.stdin.write(json.dumps(asdict(target)) + "\n")
        process.stdin.flush()
        process.stdout.readline()  # what it imports is imported
        process.stdin.write("\n")
        process.stdin.flush()
        seen = bystander.watch(seconds, SAME if name.startswith("7") else ELSEWHERE, standing)
        outcomes: dict[str, int] = json.loads(process.communicate(timeout=LONGEST_S)[0])
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return seen, outcomes


def settled(target: Target) -> float:
    """Return the resident memory in MB once what start-up, or an attack, left to do is done."""
    sizes = [memory(processes(target.home))]
    while len(sizes) < SETTLED or max(sizes[-SETTLED:]) - min(sizes[-SETTLED:]) > 1.0:
        time.sleep(1.0)
        sizes.append(memory(processes(target.home)))
    return sizes[-1]


def rows(name: str, seen: Seen, quiet: Seen, idle: float) -> list[tuple[str, ...]]:
    """Return a row for each call under an attack."""
    found: list[tuple[str, ...]] = []
    for call, timed in seen.calls.items():
        p50, p99 = timed.percentile(0.5), timed.percentile(0.99)
        ratio = p99 / quiet.calls[call].percentile(0.99)
        numbers = (f"{p50:.1f}", f"{p99:.1f}", f"{ratio:.1f}", f"{timed.refused}", f"{seen.memory - idle:.0f}")
        found.append((name, call, *numbers))
    return found


def shown(table: list[tuple[str, ...]]) -> str:
    """Return a table as Markdown that can be read as it stands."""
    widths = [max(len(row[place]) for row in [COLUMNS, *table]) for place in range(len(COLUMNS))]
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in [COLUMNS, *table]]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print the table, what came of each attack, and which goals were missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--only", nargs="*", default=[], help="begin with any of these")
    given = parser.parse_args()
    wanted = [name for name in ATTACKS if not given.only or name.startswith(tuple(given.only))]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, served(Path(folder)) as target:
        bystander = Bystander(target)
        bystander.watch(min(5.0, given.seconds), ELSEWHERE)  # what is loaded at first use is loaded
        idle, standing = settled(target), processes(target.home)
        quiet = bystander.watch(given.seconds, ELSEWHERE, standing)
        table = rows("none", quiet, quiet, idle)
        for name in wanted:
            seen, outcomes = attacked(target, bystander, name, given.seconds, standing)
            table += rows(name, seen, quiet, idle)
            settled(target)
            print(
                f"{name}: {', '.join(f'{number:,} × {what}' for what, number in sorted(outcomes.items()))}", flush=True
            )
    print(f"idle: {idle:.0f} MB\n\n{shown(table)}\n")
    missed = [row for row in table if float(row[4]) > SLOWER or row[5] != "0" or float(row[6]) > MORE_MB]
    print("missed: " + ("; ".join(" ".join(row) for row in missed) or "nothing"))


if __name__ == "__main__":
    main()
