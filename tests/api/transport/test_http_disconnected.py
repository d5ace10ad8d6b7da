"""A client that leaves while its answer is computed."""

import asyncio
import json
import threading

from api.context import Info
from api.fields import query
from api.schema import build_schema
from contracts.access.caller import Role
from kit.cancellation import Cancelled, stop_if_cancelled
from tests.api.memory_services import MemoryServices
from tests.api.serving import ADMIN, endpoint_of, served, until
from tests.deadline import DEADLINE_S

GATE, ENDED = threading.Event(), list[str]()


def _slow(number: int) -> str:
    ENDED.append(f"begun {number}")
    GATE.wait(DEADLINE_S)
    try:
        stop_if_cancelled()
    except Cancelled:
        ENDED.append(f"cancelled {number}")
        raise
    return "done"


class _Slow:
    @query(Role.ADMIN, "Computes.")
    async def slow(self, info: Info) -> str:
        """For as long as the gate is closed."""
        return await info.context.compute(_slow, 1)


def test_what_is_computed_for_a_client_ends_with_it() -> None:
    """Over a real connection that is closed before the answer; the next caller is answered as ever."""
    endpoint = endpoint_of(MemoryServices(), schema=build_schema([_Slow]))
    body = json.dumps({"query": "{slow}"}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )

    async def leave() -> bytes:
        async with served(endpoint) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode() + body)
            await until(lambda: ENDED == ["begun 1"])
            writer.close()
            await until(lambda: not endpoint.services.computing.running)
            GATE.set()
            await until(lambda: ENDED == ["begun 1", "cancelled 1"])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode() + body)
            async with asyncio.timeout(DEADLINE_S):
                answer = await reader.read()
            writer.close()
            return answer

    assert b'{"data":{"slow":"done"}' in asyncio.run(leave())
