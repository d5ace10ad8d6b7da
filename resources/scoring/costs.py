"""What the tips of each cell are like besides their scores: words, tokens, dollars and milliseconds, also by slice."""

from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.benchmark.spec import Spec
from core.grouped import group_means, group_quantiles, known_in_order
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
_BLANK = ord(" ")


def costs_of(home: Home, spec: Spec) -> Costs:
    """Return length (words), tokens, USD per 1,000 tips and latency (ms) of every cell, whole and by slice."""
    dataset = candidates(home, spec.experiment)
    tips = dataset.table(["cell", "scenario", "tokens_out", "cost", "latency_ms"])
    words = [np.empty(0), *map(_words, dataset.parts("text", AT_ONCE))]
    measured = [np.concatenate(words), *(_known(tips[name]) for name in ("tokens_out", "cost", "latency_ms"))]
    cell, scenario = tips["cell"].to_numpy(), tips["scenario"].to_numpy()
    n_cells = len(spec.cells)
    order = known_in_order(measured[-1])
    found: Costs = {(None, None, at): costs for at, costs in _by_group(cell, n_cells, measured, order).items()}
    for slice_ in SLICES:
        values = [getattr(own, slice_) for own in spec.scenarios]
        codes = {value: code for code, value in enumerate(dict.fromkeys(values))}
        code = np.array([codes[value] for value in values], np.int64)[scenario]
        own = _by_group(code * n_cells + cell, len(codes) * n_cells, measured, order)
        for value, number in codes.items():
            cells = range(number * n_cells, (number + 1) * n_cells)
            found |= {(slice_, value, place - cells.start): own[place] for place in cells if place in own}
    return found


def _by_group(
    group: "np.ndarray[Any, Any]", n: int, measured: "list[np.ndarray[Any, Any]]", order: "np.ndarray[Any, Any]"
) -> dict[int, CellCosts]:
    """Return the costs of each group from 0 to n - 1 that has tips; `order` is that of what was measured last."""
    words, tokens, cost, latency = measured
    means = [group_means(words, group, n), group_means(tokens, group, n), group_means(cost, group, n) * 1000]
    columns = [*means, *group_quantiles(latency, group, n, (0.5, 0.95), order)]
    there = np.flatnonzero(np.bincount(group, minlength=n))
    return {int(place): CellCosts(*(known(column[place]) for column in columns)) for place in there}


def _known(column: pa.ChunkedArray) -> "np.ndarray[Any, Any]":
    """Return the numbers of a column, nan for null."""
    return np.asarray(column.cast(pa.float64()).to_numpy())


def _words(texts: pa.Array) -> "np.ndarray[Any, Any]":
    """Return the number of words of each text, nan for null.

    Words of plain text, which has single blanks between its words and no other white space, are its blanks and one: a
    regular expression that finds them all takes ten times as long, and is left to the others.
    """
    if not len(texts):
        return np.empty(0)
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    text, ends = np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]], ends - ends[0]
    blanks = np.flatnonzero(text <= _BLANK)  # control characters too, of which some are white space
    words = np.diff(np.searchsorted(blanks, ends)) + 1.0
    first, last = ends[:-1][ends[1:] > ends[:-1]], ends[1:][ends[1:] > ends[:-1]] - 1
    odd = [blanks[text[blanks] < _BLANK], blanks[1:][np.diff(blanks) == 1]]
    odd += [place[text[place] <= _BLANK] for place in (first, last)]
    other = ends[1:] == ends[:-1]
    other[np.searchsorted(ends, np.concatenate(odd), side="right") - 1] = True
    if other.any():
        counted = pc.count_substring_regex(texts.filter(pa.array(other)), r"\S+")
        words[other] = counted.to_numpy(zero_copy_only=False)
    return np.asarray(words)
