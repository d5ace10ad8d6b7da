"""The generations an experiment expects, and the content hash that says two of them are the same."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.benchmark.spec import Spec
from core.plurals import counted


class Generation(NamedTuple):
    """One expected generation; `key` is 32 hex digits and becomes the candidate's id."""

    key: str
    cell: int
    scenario: int
    tip_index: int


def grid(spec: Spec, cells: Iterable[int] | None = None) -> Iterator[Generation]:
    """Yield every generation of an experiment by cell, scenario and tip_index; `cells` limits it to those indices.

    The key covers model, prompt, scenario, temperature, seed and tip_index, so equal keys may share one answer
    (`extends`) and repeated tips stay independent.
    """
    scenarios = [scenario.hash for scenario in spec.scenarios]
    tail = f"{spec.temperature!r}|{spec.seed}"
    for cell in range(len(spec.cells)) if cells is None else cells:
        model, prompt = spec.cells[cell]
        head = f"{spec.models[model].generation_hash}|{spec.prompts[prompt].generation_hash}|{tail}"
        for scenario, scenario_hash in enumerate(scenarios):
            shared = hashlib.sha256(f"{head}|{scenario_hash}|".encode())
            for tip_index in range(spec.n_tips):
                own = shared.copy()
                own.update(str(tip_index).encode())
                yield Generation(own.hexdigest()[:32], cell, scenario, tip_index)


def expected(spec: Spec) -> int:
    """Return the number of generations in the grid: cells × scenarios × n_tips."""
    return len(spec.cells) * len(spec.scenarios) * spec.n_tips


def request_seed(spec: Spec, key: str) -> int:
    """Return the seed sent with a generation, derived from the experiment's seed and the key; 0 <= seed < 2**31."""
    return int.from_bytes(hashlib.sha256(f"{spec.seed}|{key}".encode()).digest()[:4], "big") >> 1


def size_in_words(spec: Spec) -> str:
    """Return how much is generated: the numbers of cells, of scenarios, and of tips for each of both."""
    cells, scenarios = counted(len(spec.cells), "cell"), counted(len(spec.scenarios), "scenario")
    return f"{cells} × {scenarios} × {counted(spec.n_tips, 'tip')}"
