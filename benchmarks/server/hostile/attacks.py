"""The attacks, each at the limit of what it tries, from a process of its own; outcomes are counted."""

import asyncio
import itertools
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.server.hostile.served import ATTACKERS, Target

ADDRESS, WAIT_S = "127.0.0.1", 15.0
PIECE = 65_536
NICE = 10
UPLOAD = """mutation($e: String!, $j: String!, $s: Int!) {
  importScores(experiment: $e, judge: $j, size: $s) {
    ... on Upload { uploadPath maxBytes } ... on Failure { code } } }"""
SHAKE = (
    "upgrade: websocket",
    "connection: Upgrade",
    "sec-websocket-version: 13",
    "sec-websocket-key: " + "A" * 22 + "==",
)
CROSS_SITE = ("sec-fetch-site: cross-site", "sec-fetch-mode: no-cors", "sec-fetch-dest: image", "connection: close")
MIB = 1 << 20


@dataclass
class Attempts:
    """What an attacker may do until `ends` on the monotonic clock, and what came of it."""

    target: Target
    ends: float
    outcomes: Counter[str] = field(default_factory=Counter)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def over(self) -> bool:
        """Return whether the time is over."""
        return time.monotonic() >= self.ends

    async def send(self, head: bytes, *, piece: bytes = b"", most: int = 0, read: bool = True) -> bytes:
        """Send a head, then `piece` again and again up to `most` bytes; return the beginning of what is answered.

        What was cut off is answered with nothing.
        """
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.target.port, local_addr=(ADDRESS, 0))
        except OSError:
            return b""
        answer = b""
        try:
            writer.write(head)
            sent = 0
            while sent < most and not reader.at_eof() and not self.over():
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
            if read:
                async with asyncio.timeout(max(0.1, min(WAIT_S, self.ends - time.monotonic()))):
                    answer = await reader.read(PIECE)
        except (OSError, TimeoutError):
            pass
        finally:
            writer.transport.abort()
        return answer

    async def count(self, *given: object, **more: object) -> None:
        """Send, and count the status of the answer, with the code of an error."""
        self.outcomes[outcome(await self.send(*given, **more))] += 1  # type: ignore[arg-type] # as `send` takes them


def outcome(answer: bytes) -> str:
    """Return the status of an answer and the first code in it; what was cut off has neither."""
    code = re.search(rb'"code":\s*"([A-Z_]+)"', answer)
    status = answer[9:12].decode("latin-1") or "cut off"
    return f"{status} {code[1].decode()}" if code else status


Attack = Callable[[Attempts, int], Awaitable[None]]


async def heads(attempts: Attempts, worker: int) -> None:
    """Row 1: heads without end, of many short lines, with a header of 1 MB; webhook bodies of 8 MB that never end."""
    target, start = attempts.target, attempts.target.head("GET", "/healthz")
    if worker < 40:
        begun = target.head("POST", "/webhooks/judge", f"content-length: {8 * MIB}") + b"\r\n"
        await attempts.count(begun, piece=bytes(PIECE), most=8 * MIB - PIECE)
    elif worker % 3 == 0:
        await attempts.count(b"GET /?", piece=b"a" * PIECE, most=64 * MIB)
    elif worker % 3 == 1:
        await attempts.count(start, piece=b"a: b\r\n" * 1000, most=64 * MIB)
    else:
        await attempts.count(start + b"x-long: " + b"a" * MIB + b"\r\n\r\n")


def _each(count: int, part: str) -> str:
    return " ".join(part.replace("N", str(number)) for number in range(count))


async def documents(attempts: Attempts, worker: int) -> None:
    """Row 2: documents that are refused, none of them twice, small and large, of a user over 20 connections."""
    number = next(attempts.numbers)
    small = f"query q{number}({_each(100, '$aN:Xx')}){{me{{subject}}}}"
    large = f"query q{number}({_each(300, '$aN:Unknown')}){{me{{{_each(190, 'unknownN')}}}}}"
    await attempts.count(attempts.target.graphql(large if worker % 2 else small, "user"))


async def uploads(attempts: Attempts, worker: int) -> None:
    """Row 3: files of `{` lines at the largest size that a judge may send, through links that refused files leave."""
    target, judge = attempts.target, ATTACKERS[worker % len(ATTACKERS)]
    given = {"e": target.experiment, "j": judge, "s": 16 * MIB}
    answer = await attempts.send(target.graphql(UPLOAD, judge, given))
    try:
        made = json.loads(answer.partition(b"\r\n\r\n")[2])["data"]["importScores"]
    except (ValueError, TypeError, KeyError):
        made = {"code": "no link"}
    if "uploadPath" not in made:
        attempts.outcomes[made["code"]] += 1
        await asyncio.sleep(0.1)
        return
    size = made["maxBytes"]
    head = target.head("PUT", made["uploadPath"], f"content-length: {size}", "content-type: application/jsonl")
    for _ in range(50):
        if not attempts.over():
            await attempts.count(head + b"\r\n", piece=b"{\n" * (PIECE // 2), most=size)


async def names(attempts: Attempts, _: int) -> None:
    """Row 5: entries of an inbox that cannot be taken, thousands of them, while the sensor runs."""
    inbox = Path(attempts.target.home) / "inbox" / attempts.target.experiment
    inbox.mkdir(parents=True, exist_ok=True)
    number = next(attempts.numbers)
    if number >= 5_000:
        await asyncio.sleep(0.1)
        return
    raw = os.fsencode(inbox)
    made: list[Callable[[], object]] = [
        lambda: open(raw + b"/\xff\xfe%d.jsonl" % number, "wb").close(),  # noqa: PTH123 - a name that is no text
        lambda: os.mkfifo(inbox / f"pipe-{number}.jsonl"),
        lambda: (inbox / f"link-{number}.csv").symlink_to("/dev/zero"),
        (inbox / f"folder-{number}.jsonl").mkdir,
        (inbox / f"line\n{number}.jsonl").touch,
        (inbox / ("x" * 240 + f"{number:05}.jsonl")).touch,
    ]
    made[number % len(made)]()
    attempts.outcomes["written"] += 1
    await asyncio.sleep(0)


async def computing(attempts: Attempts, _: int) -> None:
    """Row 6: an admin's documents of 20 aliases that compute, every other connection dropped once it is sent."""
    number, name = next(attempts.numbers), attempts.target.experiment
    plan = f'aN: plan(spec: {{experiment: "tip-bench-n{number}N", nScenarios: 3}}) {{ __typename }}'
    board = f'aN: leaderboard(experiment: "{name}", judges: "{("anna", "ben")[number % 2]}") {{ __typename }}'
    checks = f'aN: assetChecks(experiment: "{name}") {{ __typename }}'
    fields = (_each(10, plan), _each(1, board), _each(1, checks), _each(20, plan.replace("aN", "a1N")))
    query = f"query q{number} {{ {fields[number % len(fields)]} }}"
    await attempts.count(attempts.target.graphql(query, "admin"), read=number % 2 == 0)
    await asyncio.sleep(0.05 if number % 2 else 0)


async def cross_site(attempts: Attempts, worker: int) -> None:
    """Row 7: what a page of another site makes a browser send, and bad upload links."""
    target = attempts.target
    if worker % 2:
        await attempts.count(target.head("GET", "/auth/jwks.json", *CROSS_SITE) + b"\r\n")
    else:
        path = f"/uploads/wrong-{next(attempts.numbers)}"
        await attempts.count(target.head("PUT", path, "content-length: 2", "connection: close") + b"\r\n{}")


async def sockets(attempts: Attempts, _: int) -> None:
    """Row 8: websockets that are opened and never say anything, each again as soon as it is closed."""
    head = attempts.target.head("GET", "/graphql", *SHAKE, "sec-websocket-protocol: graphql-transport-ws") + b"\r\n"
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", attempts.target.port, local_addr=(ADDRESS, 0))
    except OSError:
        attempts.outcomes["cut off"] += 1
        return
    try:
        writer.write(head)
        async with asyncio.timeout(max(0.1, attempts.ends - time.monotonic())):
            status = (await reader.readline())[9:12].decode("latin-1")
            attempts.outcomes[status or "cut off"] += 1
            await reader.read()
    except (OSError, TimeoutError):
        attempts.outcomes["held to the end"] += 1
    finally:
        writer.transport.abort()


ATTACKS: dict[str, tuple[Attack, int]] = {
    "1 heads and bodies": (heads, 64),
    "2 documents": (documents, 20),
    "3 uploads": (uploads, 12),
    "5 inbox": (names, 1),
    "6 computing": (computing, 20),
    "7 cross-site": (cross_site, 20),
    "8 websockets": (sockets, 60),
}
"""The attack of each row, and how many connections try it at once."""


async def attack(target: Target, name: str, seconds: float) -> Counter[str]:
    """Try one attack for so long, again and again on each of its connections; return what came of it."""
    act, connections = ATTACKS[name]
    attempts = Attempts(target, time.monotonic() + seconds)

    async def again(worker: int) -> None:
        while not attempts.over():
            await act(attempts, worker)

    await asyncio.gather(*(again(worker) for worker in range(connections)))
    return attempts.outcomes


def main() -> None:
    """Attack as the arguments say, the target coming as a line of standard input; print a line, then the outcomes.

    The process stands for another machine: it has one core, on which it gives way to whoever else wants it.
    """
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.nice(NICE)
    target = Target(**json.loads(sys.stdin.readline()))
    print("ready", flush=True)
    sys.stdin.readline()
    json.dump(asyncio.run(attack(target, sys.argv[1], float(sys.argv[2]))), sys.stdout)


if __name__ == "__main__":
    main()
