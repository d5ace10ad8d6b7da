import pytest

from kit.tables.numbers import NotANumber, is_unknown, number_of

CLEAR = {
    "4": 4, "4.0": 4, " 4 ": 4, "+4": 4, "-1": -1, "−1": -1, "4.": 4, ".5": 0.5, "1e3": 1000, "3,5": 3.5, ",5": 0.5,
    "120,50": 120.5, "1.234,5": 1234.5, "1,234.5": 1234.5, "1 234,5": 1234.5, "1\u00a0234": 1234, "1'234.5": 1234.5,
}  # fmt: skip


@pytest.mark.parametrize("text", CLEAR)
@pytest.mark.parametrize("decimal_comma", [True, False])
def test_what_can_be_read_in_one_way_is(text: str, *, decimal_comma: bool) -> None:
    """Points, commas, signs and grouped digits."""
    assert number_of(text, decimal_comma=decimal_comma) == CLEAR[text]


def test_three_digits_behind_a_comma_depend_on_the_delimiter() -> None:
    """They are decimals where the comma separates nothing, and could be thousands where it does."""
    assert number_of("1,234", decimal_comma=True) == 1.234
    with pytest.raises(NotANumber):
        number_of("1,234", decimal_comma=False)


@pytest.mark.parametrize(
    "text", ["", "x", "4/5", "80 %", "nan", "inf", "1e999", "1,2,3", "0x10", "1_000", "4 5", "9" * 65]
)
def test_everything_else_is_no_number(text: str) -> None:
    """Words, fractions, what is not finite, what is too long."""
    with pytest.raises(NotANumber):
        number_of(text, decimal_comma=True)


def test_words_that_stand_for_nothing() -> None:
    """As programs write them, in any case."""
    assert all(map(is_unknown, ["", "  ", "NaN", "None", "null", "N/A", "<NA>"]))
    assert not any(map(is_unknown, ["0", "none of these", "no"]))
