"""Pages of candidates."""

import itertools

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.paging import Key, PageRequest
from contracts.refusals import InvalidInput
from contracts.storage import Locator
from core.dataset_columns import CANDIDATES
from resources.admin.tips import TipPages

LATENCIES = [None, 5.0, 5.0, 1.0, None, 9.5, 0.25, 5.0, 3.0, None, 7.0]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Locator:
    """Eleven candidates of two models, three of them without a latency and three with the same."""
    rows = [
        {
            "candidate_id": f"c{n:02d}", "cell": n % 2, "model": f"m{n % 2}", "prompt": "p", "scenario": n // 2,
            "scenario_id": f"s{n // 2}", "tip_index": 0, "outcome": "text", "text": f"tip {n}", "latency_ms": latency,
            "attempts": 1, "origin": "run",
        }
        for n, latency in enumerate(LATENCIES)
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("tips") / "candidates.parquet"
    rows.sort(key=lambda row: (row["cell"], row["scenario"]))
    pq.write_table(pa.Table.from_pylist(rows, CANDIDATES), path)
    return Locator(str(path))


def walk(file: Locator, first: int, sort: str | None, *, descending: bool) -> list[str]:
    """Ids over all pages."""
    pages, after, found = TipPages(), None, []
    for _ in range(20):
        page = pages.page(file, PageRequest(first=first, after=after, sort=sort, descending=descending))
        found += [row.id for row in page.rows]
        if not page.more:
            return found
        after = page.keys[-1]
    raise AssertionError("the pages never end")


@settings(max_examples=40, deadline=None)
@given(
    first=st.integers(1, 12),
    sort=st.sampled_from([None, "grid", "latency_ms", "tokens_out"]),
    descending=st.booleans(),
)
def test_pages_of_any_size_give_each_row_once_in_one_order(
    file: Locator, first: int, sort: str | None, descending: bool
) -> None:
    """Whatever the page's size, ties and nulls included, the pages together are the one long page."""
    assert walk(file, first, sort, descending=descending) == walk(file, 1000, sort, descending=descending)


def test_what_is_not_known_comes_last_in_both_directions(file: Locator) -> None:
    """Nulls end the list, ascending and descending."""
    for descending in (False, True):
        page = TipPages().page(file, PageRequest(first=20, sort="latency_ms", descending=descending))
        values = [row.latency_ms for row in page.rows]
        known = [value for value in values if value is not None]
        assert values == [*sorted(known, reverse=descending), None, None, None]


def test_filters_are_combined(file: Locator) -> None:
    """Only rows that match all of them, and None is no filter."""
    where = {"model": "m1", "scenario_id": "s2", "prompt": None}
    page = TipPages().page(file, PageRequest(where=where))
    assert [(row.model, row.scenario_id) for row in page.rows] == [("m1", "s2")]
    assert not page.more


def test_hostile_values_are_values(file: Locator) -> None:
    """A value that is SQL finds nothing and harms nothing."""
    hostile = "' or 1=1; drop table x; --"
    assert TipPages().page(file, PageRequest(where={"model": hostile})).rows == []


@pytest.mark.parametrize(("sort", "where"), [("text", {}), (None, {"raw": "x"}), ("cost; --", {})])
def test_other_columns_are_refused(file: Locator, sort: str | None, where: dict[str, str]) -> None:
    """Only the columns that the list names sort and filter."""
    with pytest.raises(InvalidInput, match="use one of"):
        TipPages().page(file, PageRequest(sort=sort, where=where))


def test_keys_order_the_rows(file: Locator) -> None:
    """The keys of a page in grid order grow strictly."""
    keys: list[Key] = TipPages().page(file, PageRequest(first=20)).keys
    assert all(a < b for a, b in itertools.pairwise(keys))
