"""Renders prompts, to learn whether that takes longer, or more memory, than it may.

Standard input is a `Rendering` as JSON. Printed are the names of the prompts, each before it is rendered.

usage: python -m resources.collect.bounded.rendering_process CPU_SECONDS MEMORY
"""

import sys
from contextlib import suppress
from typing import Literal

import msgspec

from core.benchmark.prompt import Prompt
from core.benchmark.render import RenderError, render
from core.benchmark.scenario import Scenario
from kit.private_files import keep_private
from kit.processes.bounded import OUT_OF_MEMORY, keep_within


class Rendering(msgspec.Struct, frozen=True):
    """Prompts, each of which is rendered for every scenario and kind of model."""

    prompts: tuple[Prompt, ...]
    scenarios: tuple[Scenario, ...]
    apis: tuple[Literal["chat", "completion"], ...]


def main(cpu_s: str, memory: str) -> None:
    """Render everything; what cannot be rendered is somebody else's to say."""
    rendering = msgspec.json.decode(sys.stdin.buffer.read(), type=Rendering)
    keep_private()
    keep_within(int(cpu_s), int(memory))
    for prompt in rendering.prompts:
        print(prompt.ref, flush=True)
        for scenario in rendering.scenarios:
            for api in rendering.apis:
                with suppress(RenderError):
                    render(prompt, scenario, api)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
