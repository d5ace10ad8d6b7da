"""Numbers with their nouns."""

from core.plurals import counted, listed


def test_one_is_singular_and_everything_else_plural() -> None:
    """Also 0, and nouns with a plural of their own."""
    assert [counted(n, "cell") for n in (0, 1, 2)] == ["0 cells", "1 cell", "2 cells"]
    assert [counted(n, "retry", "retries") for n in (1, 3)] == ["1 retry", "3 retries"]


def test_long_lists_say_how_many_they_leave_out() -> None:
    """At the limit nothing is left out."""
    assert [listed(["a", "b", "c"], most) for most in (2, 3, 4)] == ["a, b and 1 more", "a, b, c", "a, b, c"]
    assert listed([], 2) == ""
