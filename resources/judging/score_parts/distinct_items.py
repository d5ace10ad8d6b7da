"""Whether the items of datasets all differ: then each answer is the one in force, and nothing is to be superseded."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contracts.storage import Storage
from core.judging.blinding import LENGTH
from resources.lake.datasets import whole_part

_ODD = np.uint64(0x9E3779B97F4A7C15)
MOST_REMEMBERED = 8
"""Sets of datasets of which this process remembers whether their items all differ."""
_DIFFER: dict[tuple[tuple[str, ...], tuple[str | None, ...]], bool] = {}


def all_differ(storage: Storage, keys: Sequence[str]) -> bool:
    """Return whether no two rows of the datasets have one item, by a hash that at worst finds two alike that are not.

    What was found of a dataset is remembered until its tag is another one.
    """
    known = tuple(storage.datasets.locator(key).uri for key in keys), tuple(storage.blobs.tags(keys))
    found = _DIFFER.get(known)
    if found is None:
        found = _DIFFER[known] = _differ(
            [part for key in keys for part in whole_part(storage.datasets, key, ["item"])["item"].chunks]
        )
        if len(_DIFFER) > MOST_REMEMBERED:
            _DIFFER.pop(next(iter(_DIFFER)), None)
    return found


def _differ(items: Sequence[pa.Array]) -> bool:
    hashes = [_hashes(own) for own in items if len(own)]
    if any(own is None for own in hashes):
        return len(pc.unique(pa.chunked_array(items, pa.string()))) == sum(map(len, items))
    ordered = np.sort(np.concatenate([np.empty(0, np.uint64), *(own for own in hashes if own is not None)]))
    return bool((ordered[1:] != ordered[:-1]).all())


def _hashes(items: pa.Array) -> "np.ndarray[Any, np.dtype[np.uint64]] | None":
    """Return a number of each item, whose text is random; None where one has another length."""
    _, offsets, text = items.buffers()
    starts = np.frombuffer(offsets, np.int32)[items.offset : items.offset + len(items) + 1]
    if (np.diff(starts) != LENGTH).any():
        return None
    whole = np.frombuffer(text, np.uint8)[starts[0] : starts[-1]].reshape(-1, LENGTH)
    first, last = (np.ascontiguousarray(whole[:, at : at + 8]).view(np.uint64).ravel() for at in (0, LENGTH - 8))
    return first * _ODD + last
