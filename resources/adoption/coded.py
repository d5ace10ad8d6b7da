"""Numbers the models, prompts, cells and scenarios of adopted rows by first appearance, all rows at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter, eq
from typing import Any

import numpy as np
import pyarrow as pa

from core.estimate.design import Ints
from resources.adoption.rows import Adopted

_OF_SCENARIOS = ("scenario", "area", "locale")


@dataclass(frozen=True)
class Coded:
    """Names in the order of first appearance, and the number of each of N rows among them.

    `cells` are the numbers of their models and prompts; `firsts` has the first row of every scenario. Each row has a
    tip index.
    """

    rows: Sequence[Adopted]
    models: list[str]
    prompts: list[str]
    scenarios: list[str]
    cells: list[tuple[int, int]]
    cell: Ints
    scenario: Ints
    firsts: list[Adopted]

    def agree(self) -> bool:
        """Return whether no generation has two rows, and each row of a scenario says of it what the first one says."""
        places = np.array([self.column("tip_index"), self.scenario, self.cell], np.int64)
        ordered = places[:, np.lexsort(places)]
        return not (ordered[:, 1:] == ordered[:, :-1]).all(axis=0).any() and all(map(self._same, _OF_SCENARIOS))

    def column(self, name: str) -> list[Any]:
        """Return a field of each row."""
        return list(map(attrgetter(name), self.rows))

    def _same(self, name: str) -> bool:
        first = [getattr(row, name) for row in self.firsts]
        return all(map(eq, self.column(name), map(first.__getitem__, self.scenario.tolist())))


def coded(rows: Sequence[Adopted]) -> Coded:
    """Return the numbers of the rows; raise UnicodeEncodeError for a name that is no text."""
    (models, model), (prompts, prompt), (scenarios, scenario) = (
        _numbered(rows, attrgetter(name)) for name in ("model", "prompt", "scenario_id")
    )
    pairs, cell = _by_appearance(model * max(1, len(prompts)) + prompt)
    _, first = np.unique(scenario, return_index=True)
    return Coded(
        rows=rows,
        models=models,
        prompts=prompts,
        scenarios=scenarios,
        cells=[divmod(pair, len(prompts)) for pair in pairs.tolist()],
        cell=cell,
        scenario=scenario,
        firsts=[rows[place] for place in first.tolist()],
    )


def _numbered(rows: Sequence[Adopted], name: Callable[[Adopted], Any]) -> tuple[list[str], Ints]:
    found = pa.array(map(name, rows), pa.string(), size=len(rows)).dictionary_encode()
    return found.dictionary.to_pylist(), found.indices.to_numpy().astype(np.int64)


def _by_appearance(numbers: Ints) -> tuple[Ints, Ints]:
    """Return the numbers that occur, by first appearance, and the place of each row's among them."""
    found, first, where = np.unique(numbers, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return found[order], place[where]
