"""An OpenAI-compatible endpoint of constant latency in a process of its own, so that clients can be compared.

usage: python -m benchmarks.endpoint LATENCY_MS

Every answer is the same text; under /numbered it begins with a number of its own, and under /scores it is what a judge
of the packaged rubric answers.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

TEXT = "Put tomorrow's shoes at the endpoint and walk ten minutes before breakfast. " * 7
THREES = ",".join(f'\\"{name}\\":3' for name in ("specific", "actionable", "fitting", "respectful", "clear"))
SCORES = f'{{\\"reason\\":\\"It names one step.\\",\\"scores\\":{{{THREES}}}}}'


def answer(text: str) -> bytes:
    """A whole response with this text, which stands in its JSON as it is."""
    body = (
        '{"id":"x","object":"chat.completion","created":1,"model":"bench","choices":[{"index":0,"message":{"role":'
        f'"assistant","content":"{text}"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":60,"completion_tokens":'
        '90,"total_tokens":150}}'
    ).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


ANSWER, JUDGED = answer(TEXT), answer(SCORES)
NUMBERED = answer(f"Note 0000000 says: {TEXT}")


class Connection(asyncio.Protocol):
    """Answers every whole request after the latency; keeps the connection, and calls `seen` at each request."""

    def __init__(self, latency_s: float, seen: Callable[[], int]) -> None:
        self._latency_s, self._seen, self._data = latency_s, seen, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take whole requests off the stream."""
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._data) < end + 4 + length:
                return
            self._data = self._data[end + 4 + length :]
            number, response = self._seen(), ANSWER
            if head.startswith(b"post /scores"):
                response = JUDGED
            elif head.startswith(b"post /numbered"):
                response = NUMBERED.replace(b"0000000", b"%07d" % number)
            asyncio.get_running_loop().call_later(self._latency_s, self._write, response)

    def _write(self, response: bytes) -> None:
        if isinstance(self._transport, asyncio.Transport) and not self._transport.is_closing():
            self._transport.write(response)


async def serve(latency_s: float) -> None:
    """Serve on a free port of the loopback interface, print it, and go on until standard input ends.

    The first request is a second line.
    """
    loop, requests = asyncio.get_running_loop(), count()

    def seen() -> int:
        if (number := next(requests)) == 0:
            print("requested", flush=True)
        return number

    server = await loop.create_server(lambda: Connection(latency_s, seen), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


@contextmanager
def endpoint(latency_ms: float, core: int | None = None) -> Iterator[str]:
    """The base URL of a running endpoint, pinned to `core` where there is a choice."""
    with watched_endpoint(latency_ms, core) as (url, _):
        yield url


@contextmanager
def watched_endpoint(latency_ms: float, core: int | None = None) -> Iterator[tuple[str, Callable[[], None]]]:
    """The base URL of a running endpoint, and a function that returns after its first request."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.endpoint", str(latency_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    if core is not None and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(process.pid, {core})
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the endpoint has no pipes")
    lines = process.stdout
    try:
        yield f"http://127.0.0.1:{int(lines.readline())}/v1", lambda: (lines.readline(), None)[1]
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000))
