"""Asks the embedded model once, in a process whose memory is free again when it ends.

Standard input is a ModelRequest as JSON; printed is its ModelAnswer, or, with exit code 4, why the model is not loaded.

usage: python -m resources.collect.bounded.embedded_process MODELS_FOLDER CPU_SECONDS MEMORY
"""

import asyncio
import sys
from pathlib import Path

import msgspec

from contracts.benchmark.models import ModelAnswer, ModelRequest
from kit.private_files import keep_private
from kit.processes.bounded import OUT_OF_MEMORY, keep_within
from resources.models.embedded import EmbeddedClient, EmbeddedModelError

NOT_LOADED = 4
"""The exit code where the model cannot be loaded."""


async def _answer(request: ModelRequest, models: Path) -> ModelAnswer:
    client = EmbeddedClient(models, lambda _: None)
    try:
        return await client.answer(request)
    finally:
        await client.close()


def main(models: str, cpu_s: str, memory: str) -> None:
    """Print the answer to the request on standard input, within so much time and memory."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=ModelRequest)
    keep_private()
    keep_within(int(cpu_s), int(memory))
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_answer(request, Path(models)))))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except EmbeddedModelError as error:
        print(error)
        sys.exit(NOT_LOADED)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
