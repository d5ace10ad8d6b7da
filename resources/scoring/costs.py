"""What the tips of each cell are like besides their scores: words, tokens, dollars and milliseconds, also by slice."""

from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.benchmark.spec import Spec
from core.grouped import group_means, group_quantiles
from core.scoring.cell_differences import known
from core.scoring.leaderboard import CellCosts
from resources.home import Home
from resources.lake.candidates import candidates

Slice = Literal["area", "locale"]
SLICES: tuple[Slice, ...] = ("area", "locale")
Costs = dict[tuple[Slice | None, str | None, int], CellCosts]
"""By (slice, its value, cell): the slice is None for the whole cell, its value for scenarios that have none."""
AT_ONCE = 50_000
"""Tips whose words are counted together."""
_NOT_PLAIN = r"^$|^\s|\s$|\s\s|[\t\n\f\r]"


def costs_of(home: Home, spec: Spec) -> Costs:
    """Return length (words), tokens, USD per 1,000 tips and latency (ms) of every cell, whole and by slice."""
    dataset = candidates(home, spec.experiment)
    tips = dataset.table(["cell", "scenario", "tokens_out", "cost", "latency_ms"])
    words = [np.empty(0), *map(_words, dataset.parts("text", AT_ONCE))]
    measured = [np.concatenate(words), *(_known(tips[name]) for name in ("tokens_out", "cost", "latency_ms"))]
    cell, scenario = tips["cell"].to_numpy(), tips["scenario"].to_numpy()
    n_cells = len(spec.cells)
    found: Costs = {(None, None, at): costs for at, costs in _by_group(cell, n_cells, measured).items()}
    for slice_ in SLICES:
        values = [getattr(own, slice_) for own in spec.scenarios]
        codes = {value: code for code, value in enumerate(dict.fromkeys(values))}
        code = np.array([codes[value] for value in values], np.int64)[scenario]
        own = _by_group(code * n_cells + cell, len(codes) * n_cells, measured)
        for value, number in codes.items():
            cells = range(number * n_cells, (number + 1) * n_cells)
            found |= {(slice_, value, place - cells.start): own[place] for place in cells if place in own}
    return found


def _by_group(group: "np.ndarray[Any, Any]", n: int, measured: "list[np.ndarray[Any, Any]]") -> dict[int, CellCosts]:
    """Return the costs of each group from 0 to n - 1 that has tips."""
    words, tokens, cost, latency = measured
    means = [group_means(words, group, n), group_means(tokens, group, n), group_means(cost, group, n) * 1000]
    columns = [*means, *group_quantiles(latency, group, n, (0.5, 0.95))]
    there = np.flatnonzero(np.bincount(group, minlength=n))
    return {int(place): CellCosts(*(known(column[place]) for column in columns)) for place in there}


def _known(column: pa.ChunkedArray) -> "np.ndarray[Any, Any]":
    """Return the numbers of a column, nan for null."""
    return np.asarray(column.cast(pa.float64()).to_numpy())


def _words(texts: pa.Array) -> "np.ndarray[Any, Any]":
    """Return the number of words of each text, nan for null.

    Words of plain text are its blanks and one: a regular expression that finds them all takes ten times as long.
    """
    words = pc.count_substring(texts, " ").cast(pa.float64()).to_numpy(zero_copy_only=False) + 1
    other = pc.fill_null(pc.match_substring_regex(texts, _NOT_PLAIN), fill_value=False)
    words[other.to_numpy(zero_copy_only=False)] = pc.count_substring_regex(texts.filter(other), r"\S+").to_numpy()
    return np.asarray(words)
