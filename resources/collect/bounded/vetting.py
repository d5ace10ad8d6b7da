"""Finds out beside the server whether prompts render within bounds, before the server itself renders them.

A template is a program: a loop in a loop, or one large number, would hold every other request.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import BoundedSemaphore, Lock
from typing import Literal

import msgspec

from core.benchmark.prompt import Prompt
from core.benchmark.render import RenderError
from core.benchmark.scenario import Scenario
from core.canonical import content_hash
from kit.processes.bounded import run_bounded
from resources.collect.bounded.rendering_process import Rendering

CPU_S, RENDERED_A_S = 5, 5_000
"""Seconds of CPU time that rendering may take, and how many more renderings have another second: 30 µs is usual."""
MEMORY = 512 << 20
LONGEST_S, SLOWER = 60.0, 4.0
"""The seconds that may pass, and how many more for each of CPU time: a good prompt is not refused for others' work."""
AT_ONCE, MOST_KNOWN = 2, 4_096
Api = Literal["chat", "completion"]
log = logging.getLogger("tipbench.prompts")


class PromptVetting:
    """Knows which prompts were rendered within bounds, for which scenarios; others are rendered by a process."""

    def __init__(self, cpu_s: int = CPU_S, memory: int = MEMORY) -> None:
        self._cpu_s, self._memory = cpu_s, memory
        self._known, self._lock, self._places = OrderedDict[str, None](), Lock(), BoundedSemaphore(AT_ONCE)

    def __call__(self, prompts: Sequence[Prompt], scenarios: Sequence[Scenario], apis: Iterable[Api]) -> None:
        """Return once every prompt was rendered for every scenario; raise RenderError for one that takes too much.

        Raise Cancelled where nobody waits for it any more.
        """
        wanted = tuple(sorted(set(apis)))
        about = content_hash([[scenario.hash for scenario in scenarios], wanted])
        keys = {content_hash([about, msgspec.to_builtins(prompt)]): prompt for prompt in prompts}
        with self._lock:
            unknown = {key: prompt for key, prompt in keys.items() if key not in self._known}
        if unknown:
            self._render(Rendering(tuple(unknown.values()), tuple(scenarios), wanted))
            with self._lock:
                self._known.update(dict.fromkeys(unknown))
                while len(self._known) > MOST_KNOWN:
                    self._known.popitem(last=False)

    def _render(self, rendering: Rendering) -> None:
        number = len(rendering.prompts) * len(rendering.scenarios) * len(rendering.apis)
        cpu_s = self._cpu_s + number // RENDERED_A_S
        limits = [str(cpu_s), str(self._memory)]
        with self._places:
            ended = run_bounded(
                "resources.collect.bounded.rendering_process",
                limits,
                LONGEST_S + SLOWER * cpu_s,
                msgspec.json.encode(rendering),
            )
        if ended.returncode:
            said = ended.printed.decode("utf-8", "replace").split()
            name = said[-1] if said else rendering.prompts[0].ref
            log.warning("rendering prompt %s beside the server ended with %d", name, ended.returncode)
            most = f"{cpu_s} s or {self._memory >> 20} MB"
            raise RenderError(f"prompt {name}: rendering it takes more than {most}: make its template shorter")
