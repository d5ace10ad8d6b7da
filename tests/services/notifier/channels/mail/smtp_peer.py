"""A mail server on loopback that answers, hangs or drops at the step that a test chooses, and collects what it took."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.virtual_time import GRACE_S, run_in_virtual_time

NOW = 1_800_000_000.0
HANG, DROP = "hang", "drop"


@dataclass
class SmtpPeer:
    """`answers` maps a step (`greeting`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `end`) to its line, `HANG` or `DROP`."""

    answers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    """What came between DATA and the final dot, whether it was taken or not."""
    commands: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation."""
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._converse(reader, writer)
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        goes_on = await self._answer(writer, "greeting", "220 peer")
        while goes_on:
            command = (await reader.readuntil(b"\r\n")).decode().strip()
            self.commands.append(command)
            verb = command[:4].upper()
            if verb == "DATA":
                goes_on = await self._answer(writer, verb, "354 go on")
                if goes_on and self.answers.get("DATA", "3")[0] == "3":
                    self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                    goes_on = await self._answer(writer, "end", "250 taken")
            elif verb == "QUIT":
                goes_on = False
            else:
                goes_on = await self._answer(writer, verb, "250 fine")

    async def _answer(self, writer: asyncio.StreamWriter, step: str, usual: str) -> bool:
        """Say the line of the step, and return whether the conversation goes on."""
        line = self.answers.get(step, usual)
        if line == HANG:
            await asyncio.Event().wait()
        if line == DROP:
            return False
        writer.write(line.encode() + b"\r\n")
        await writer.drain()
        return True


def with_smtp_peer(peer: SmtpPeer, story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the story in virtual time while the server listens."""

    async def run() -> None:
        connections = set[asyncio.Task[None]]()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.add(asyncio.ensure_future(peer.serve(reader, writer)))

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        peer.port = server.sockets[0].getsockname()[1]
        try:
            await story()
        finally:
            server.close()
            for task in connections:
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)
            await asyncio.sleep(0)

    run_in_virtual_time(run(), GRACE_S)
