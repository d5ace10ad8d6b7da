"""Columns of a table file as arrays: codes of names, numbers, and features of a decision's context."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.estimate.design import Floats, Ints
from kit.tables.numbers import NotANumber, number_of
from resources.off_policy.table_file import TableFile

MOST_VALUES = 50
"""Different texts of a column of the context, each of which becomes a feature."""
SHOWN = 40


@dataclass(frozen=True)
class CodedColumn:
    """A column of names: `code` (N) is the place of each row's in `names`, which are in order."""

    code: Ints
    names: list[str]


def coded(file: TableFile, name: str, *, advice: str = "") -> CodedColumn:
    """Return a column as codes; numbers are names as they are written. Raise BadPolicyFile for a row without one."""
    column = file.table.column(name)
    file.refuse_first(_is_null(column), name, lambda _: f"is missing: every row has one{advice}")
    if not pa.types.is_dictionary(column.type):
        column = _as_text(file, name, column).dictionary_encode()
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.unify_dictionaries().combine_chunks()
    names = whole.dictionary.cast(pa.string())
    order = pc.sort_indices(names).to_numpy()
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return _without_gaps(place[whole.indices.to_numpy(zero_copy_only=False)], names.take(pa.array(order)).to_pylist())


def numbers(file: TableFile, name: str, *, missing: bool = False) -> Floats:
    """Return a column as finite numbers, nan for a missing one where that is allowed; raise BadPolicyFile else."""
    column = file.table.column(name)
    null = _is_null(column)
    if not missing:
        file.refuse_first(null, name, lambda _: "is missing: write a number")
    values = _numbers_of(column)
    if values is None:
        values = _one_by_one(file, name, column)
    file.refuse_first(~null & ~np.isfinite(values), name, lambda row: f"is {values[row]}: write a finite number")
    return values


def features(file: TableFile, names: list[str], refuse: Callable[[str, str], NoReturn]) -> Floats:
    """Return the columns of a context as features (N, p), as they are scaled in the file.

    A column of numbers is one feature, with a second one that says where it is missing, if it is; any other is one for
    each of its texts but the first, a missing one among them. `refuse` is called with a column that has too many.
    """
    found: list[Floats] = []
    for name in names:
        column = file.table.column(name)
        values = _numbers_of(column)
        if values is None:
            found += _indicators(column, name, refuse)
            continue
        null = _is_null(column)
        if not np.isfinite(values[~null]).all():
            refuse(name, "holds a number that is not finite: leave such a cell empty")
        mean = values[~null].mean() if not null.all() else 0.0
        found.append(np.where(null, mean, values))
        if null.any():
            found.append(null.astype(np.float64))
    return np.column_stack(found) if found else np.empty((file.table.num_rows, 0))


def _indicators(column: pa.ChunkedArray, name: str, refuse: Callable[[str, str], NoReturn]) -> list[Floats]:
    values = texts_in(column)
    if len(values) > MOST_VALUES:
        refuse(name, f"has {len(values)} different texts, at most {MOST_VALUES}: group them, or write numbers")
    return indicators(column, values)


def texts_in(column: pa.ChunkedArray) -> list[str | None]:
    """Return the different texts of a column in their order, a missing one last."""
    found = pc.unique(column.cast(pa.string())).to_pylist()
    return sorted(found, key=lambda text: (text is None, text))


def indicators(column: pa.ChunkedArray, values: Sequence[str | None]) -> list[Floats]:
    """Return a feature (N) for each of a column's texts but the first: 1 where it stands, else 0."""
    texts = column.cast(pa.string())
    return [_flags(pc.equal(texts, text) if text is not None else pc.is_null(texts)) for text in values[1:]]


def _flags(found: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(found, False).cast(pa.int8()).to_numpy(), np.float64)


def _numbers_of(column: pa.ChunkedArray) -> Floats | None:
    """Return a column as numbers, nan where one is missing; None where some text is none as programs write it."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    try:
        cast = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
        return np.asarray(cast.cast(pa.float64()).to_numpy(), np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _one_by_one(file: TableFile, name: str, column: pa.ChunkedArray) -> Floats:
    """Return numbers as spreadsheets write them; raise BadPolicyFile for the first text that is none."""
    values = np.full(len(column), np.nan)
    for row, text in enumerate(column.cast(pa.string()).to_pylist()):
        try:
            values[row] = np.nan if text is None else number_of(text, decimal_comma=False)
        except NotANumber:
            file.refuse(row, name, f"is {text[:SHOWN]!r}: write a number")
    return values


def _is_null(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.is_null().to_numpy())


def _as_text(file: TableFile, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return file.refuse(0, name, f"is of the type {column.type}: write text or whole numbers")


def _without_gaps(code: Ints, names: list[str]) -> CodedColumn:
    used = np.bincount(code, minlength=len(names)) > 0
    return CodedColumn(
        (np.cumsum(used) - 1)[code], [name for name, is_used in zip(names, used, strict=True) if is_used]
    )
