"""Sums, means and quantiles by group against one group at a time, and DuckDB's own to the last digit."""

import duckdb
import numpy as np
import pyarrow as pa

from core.grouped import group_means, group_quantiles, group_sums


def test_groups_are_summed_without_what_is_not_known() -> None:
    """A group without any known value has the sum 0 of none, and no mean."""
    values, group = np.array([1.0, np.nan, 4.0, np.nan]), np.array([2, 2, 2, 0])
    sums, counts = group_sums(values, group, 3)
    assert (sums.tolist(), counts.tolist()) == ([0.0, 0.0, 5.0], [0.0, 0.0, 2.0])
    assert np.array_equal(group_means(values, group, 3), [np.nan, np.nan, 2.5], equal_nan=True)


def test_quantiles_are_duckdbs_to_the_last_digit() -> None:
    """Of groups of many sizes, one without a value among them, with values of few and of many digits."""
    for digits in range(7):
        rng = np.random.default_rng(digits)
        group = rng.integers(0, 300, 4_000)
        values = np.round(rng.gamma(3.0, 200.0, len(group)), 2 * digits)
        values[(rng.random(len(group)) < 0.1) | (group == 7)] = np.nan
        given = pa.table({"g": group, "v": pa.array(values, from_pandas=True)})
        query = "select quantile_cont(v, 0.5) as a, quantile_cont(v, 0.95) as b from given group by g order by g"
        with duckdb.connect() as connection:
            connection.register("given", given)
            seen = connection.execute(query).fetchnumpy()
        found = group_quantiles(values, group, 300, (0.5, 0.95))
        for own, other in zip(found, (seen["a"], seen["b"]), strict=True):
            assert np.array_equal(own, np.ma.filled(other, np.nan), equal_nan=True)
