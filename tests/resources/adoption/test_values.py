import math

import pytest

from resources.adoption.values import Values, Wrong, shown


def test_labels_are_texts_or_whole_numbers() -> None:
    """As ids of data bases and of tables are."""
    values = Values(decimal_comma=False)
    assert [values.label("model", value) for value in ("a", 4, 4.0)] == ["a", "4", "4"]
    for value in (None, " ", True, 4.5, ["a"]):
        with pytest.raises(Wrong, match="model is"):
            values.label("model", value)


def test_numbers_are_read_as_people_write_them() -> None:
    """Unknown ones are counted by column; what is beyond the range is wrong."""
    values = Values(decimal_comma=True)
    assert [values.number("cost", value) for value in ("0,5", "", None, "NaN", math.nan, 3)] == [
        0.5,
        None,
        None,
        None,
        None,
        3,
    ]
    assert values.unknown == {"cost": 2}
    assert values.number("tip_index", "2.0", whole=True) == 2
    for value in (-1, 2**31, "x", True, math.inf):
        with pytest.raises(Wrong, match="cost is"):
            values.number("cost", value)


def test_slices_and_texts_may_be_unknown() -> None:
    """A word for nothing is no slice; it stays a text."""
    values = Values(decimal_comma=False)
    assert [values.word("area", value) for value in ("work", "nan", None, math.nan, 3)] == [
        "work",
        None,
        None,
        None,
        "3",
    ]
    assert [values.text("text", value) for value in ("nan", " ", None, math.nan)] == ["nan", None, None, None]


def test_values_are_shown_short() -> None:
    """As a message has room for."""
    values: tuple[object, ...] = (None, True, {}, [], 1.0, "x" * 99)
    assert [shown(value) for value in values] == [
        "empty", "true", "an object", "a list", "1", repr("x" * 40),
    ]  # fmt: skip
