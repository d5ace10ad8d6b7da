"""Pages of an experiment's candidates: filter, order and limit pushed down to the Parquet file by DuckDB."""

import threading
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from contracts.benchmark.experiments import CandidateView
from contracts.paging import Key, Page, PageRequest
from contracts.refusals import InvalidInput
from contracts.storage import Locator
from kit.paging import key_after, page_of
from resources.lake.datasets import engine_source, reading_datasets

if TYPE_CHECKING:
    import duckdb

SORTS = ("grid", "latency_ms", "tokens_out", "cost")
FILTERS = ("model", "prompt", "scenario_id", "area", "locale", "outcome")
GRID = "(cell, scenario, tip_index)"
_COLUMNS = [name for name in CandidateView.__struct_fields__ if name != "id"]


class TipPages:
    """Queries with one in-memory engine and a cursor per call, since a connection is not safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: duckdb.DuckDBPyConnection | None = None

    def page(self, tips: Locator, request: PageRequest) -> Page[CandidateView]:
        """Return a page of the candidates dataset `tips`, nulls last.

        Raise InvalidInput for an unknown sort or filter.
        """
        sort = known_sort(request, SORTS)
        clauses, values = filter_sql(request.where)
        grid_key = (int, int, int)
        own = grid_key if sort == "grid" else ((int, float, type(None)), *grid_key)
        if (after := key_after(request, *own)) is not None:
            clause, bound = after_sql(sort, after, descending=request.descending)
            clauses.append(clause)
            values += bound
        order = order_sql(sort, descending=request.descending)
        names = ", ".join(_COLUMNS)
        query = (
            f"select candidate_id as id, {names}, cell, scenario from {{source}} "  # noqa: S608  # our own column names
            f"where {' and '.join(clauses) or 'true'} order by {order} limit {request.first + 1}"
        )
        rows = self._rows(tips, query, values)
        return page_of(rows, request.first, key=partial(row_key, sort), view=_view)

    def _rows(self, tips: Locator, query: str, values: list[Any]) -> list[dict[str, Any]]:
        import duckdb

        with self._lock:
            if self._engine is None:
                self._engine = duckdb.connect()
            cursor = self._engine.cursor()
        try:
            with reading_datasets([tips], duckdb.IOException, duckdb.InvalidInputException):
                source, own = engine_source(cursor, tips)
                cursor.execute(query.format(source=source), [*own, *values])
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        finally:
            cursor.close()


def known_sort(request: PageRequest, sorts: Sequence[str]) -> str:
    """Return what a page is sorted by, the grid unless it says; raise InvalidInput unless it is one of `sorts`."""
    sort = request.sort or "grid"
    if sort not in sorts:
        raise InvalidInput(f"sort is {sort!r}: use one of {', '.join(sorts)}", ("sort",))
    return sort


def filter_sql(where: Mapping[str, Any], others: Collection[str] = ()) -> tuple[list[str], list[Any]]:
    """Return the conditions of the filters on columns, and what they bind; null values and `others` are left.

    Raise InvalidInput for another one.
    """
    given = {name: value for name, value in where.items() if value is not None and name not in others}
    unknown = sorted(set(given) - set(FILTERS))
    if unknown:
        raise InvalidInput(
            f"filter {unknown[0]!r} is not known: use one of {', '.join(FILTERS)}", ("where", unknown[0])
        )
    return [f"{name} = ?" for name in given], list(given.values())


def order_sql(sort: str, *, descending: bool) -> str:
    """Return the order of rows by the grid, or by a column with nulls last."""
    way = "desc" if descending else "asc"
    if sort == "grid":
        return f"cell {way}, scenario {way}, tip_index {way}"
    return f"{sort} {way} nulls last, cell, scenario, tip_index"


def after_sql(sort: str, key: Key, *, descending: bool) -> tuple[str, list[Any]]:
    """Return the condition that a row comes after the key, and what it binds; nulls come last."""
    if sort == "grid":
        return f"{GRID} {'<' if descending else '>'} (?, ?, ?)", list(key)
    value, grid = key[0], list(key[1:])
    if value is None:
        return f"({sort} is null and {GRID} > (?, ?, ?))", grid
    beyond = "<" if descending else ">"
    return f"({sort} {beyond} ? or ({sort} = ? and {GRID} > (?, ?, ?)) or {sort} is null)", [value, value, *grid]


def _view(row: dict[str, Any]) -> CandidateView:
    return CandidateView(**{name: value for name, value in row.items() if name not in {"cell", "scenario"}})


def row_key(sort: str, row: Mapping[str, Any]) -> Key:
    """Return the place of a row in the order of `order_sql`."""
    grid = (row["cell"], row["scenario"], row["tip_index"])
    return grid if sort == "grid" else (row[sort], *grid)
