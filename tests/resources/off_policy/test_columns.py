"""Columns as codes, numbers and features, from text and from typed columns alike."""

from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import pytest

from resources.off_policy.columns import coded, features, numbers
from resources.off_policy.table_file import BadPolicyFile, TableFile

FIELD = "x.a"


def _file(values: Any) -> TableFile:
    column = values if isinstance(values, pa.ChunkedArray) else pa.array(values)
    return TableFile(Path("log.csv"), "log", pa.table({FIELD: column}), np.arange(2, 2 + len(values)))


def _refuse(name: str, what: str) -> NoReturn:
    raise ValueError(f"{name} {what}")


CHUNKED = pa.chunked_array([pa.array(["b", "a"]).dictionary_encode(), pa.array(["c", "a"]).dictionary_encode()])


@pytest.mark.parametrize(
    ("values", "names", "code"),
    [
        (["b", "a", "b"], ["a", "b"], [1, 0, 1]),
        ([10, 9, 10], ["10", "9"], [0, 1, 0]),
        (CHUNKED, ["a", "b", "c"], [1, 0, 2, 0]),
        (CHUNKED.slice(1, 1), ["a"], [0]),
    ],
)
def test_names_are_coded_in_their_order(values: Any, names: list[str], code: list[int]) -> None:
    """Whole numbers by how they are written, parts of a dictionary as one, without gaps."""
    found = coded(_file(values), FIELD)
    assert (found.names, found.code.tolist()) == (names, code)


def test_a_row_without_a_name_is_refused() -> None:
    """With the first line, and in how many rows."""
    with pytest.raises(
        BadPolicyFile, match=r"log.csv, line 3: x.a is missing: every row has one, too \(wrong in 2 rows\)"
    ):
        coded(_file(["a", None, None]), FIELD, advice=", too")


@pytest.mark.parametrize(
    "values", [["0.5", None, "2"], [0.5, None, 2.0], pa.chunked_array([pa.array(["0,5", None, "2"])])]
)
def test_numbers_are_read_from_text_and_types(values: Any) -> None:
    """A missing one is nan where that is allowed, and refused elsewhere."""
    assert numbers(_file(values), FIELD, missing=True).tolist() == pytest.approx([0.5, np.nan, 2.0], nan_ok=True)
    with pytest.raises(BadPolicyFile, match=r"line 3: x.a is missing"):
        numbers(_file(values), FIELD)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["1", "nan"], "line 3: x.a is nan: write a finite number"),
        ([1.0, float("nan")], "line 3: x.a is nan: write a finite number"),
        ([float("inf"), 1.0], "line 2: x.a is inf: write a finite number"),
        (["1", "2", "many"], "line 4: x.a is 'many': write a number"),
        (["x" * 5_000], f"line 2: x.a is '{'x' * 40}': write a number"),
    ],
)
def test_what_is_no_finite_number_is_refused_by_line(values: Any, said: str) -> None:
    """A long text is cut."""
    with pytest.raises(BadPolicyFile) as raised:
        numbers(_file(values), FIELD, missing=True)
    assert str(raised.value) == f"log.csv, {said}"
    assert raised.value.path == ("log", FIELD)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["1", "3"], [[1.0], [3.0]]),
        ([True, False], [[1.0], [0.0]]),
        ([1.0, None, 3.0], [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0]]),
        (["b", "a", "c"], [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]),
        (["b", None], [[0.0], [1.0]]),
        (CHUNKED, [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0]]),
    ],
)
def test_a_column_is_a_number_or_an_indicator_for_each_text(values: Any, wanted: list[list[float]]) -> None:
    """A missing number has the mean of the others and an indicator; a missing text is a text of its own."""
    assert features(_file(values), [FIELD], _refuse).tolist() == wanted


def test_without_context_there_are_no_features() -> None:
    """The table of them has no column."""
    assert features(_file(["a", "b"]), [], _refuse).shape == (2, 0)


def test_a_column_of_many_texts_or_without_finite_numbers_is_refused() -> None:
    """Each text would be a feature."""
    with pytest.raises(ValueError, match="has 51 different texts, at most 50"):
        features(_file([f"t{number}" for number in range(51)]), [FIELD], _refuse)
    with pytest.raises(ValueError, match="not finite"):
        features(_file([1.0, float("inf")]), [FIELD], _refuse)
