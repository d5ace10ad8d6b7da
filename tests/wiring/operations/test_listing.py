"""The order in which tips are listed that somebody should read first."""

import pytest

from wiring.operations.listing import reasons_in_words, tips_in_order

ROWS = [
    {"text": "bare", "scores": {}},
    {"text": "poor", "scores": {"anna": 2.0, "luna": 1.0}},
    {"text": "split", "scores": {"anna": 5.0, "luna": 1.0}},
    {"text": "fine", "scores": {"anna": 5.0}},
    {"text": "too", "scores": {"luna": 5.0}},
]


@pytest.mark.parametrize(
    ("order", "texts"),
    [
        ("worst", ["poor", "split", "fine", "too"]),
        ("best", ["fine", "too", "split", "poor"]),
        ("disagreement", ["split", "poor"]),
    ],
)
def test_scored_tips_come_in_the_order_of_the_option(order: str, texts: list[str]) -> None:
    """By the mean over judges, or by how far these are apart; ties stay as they were."""
    assert [row["text"] for row in tips_in_order(ROWS, order)] == texts


def test_what_judges_wrote_is_one_line_and_names_them_where_they_are_several() -> None:
    """A line break would break the table."""
    assert reasons_in_words({"luna": "too\nlong "}) == "too long"
    assert reasons_in_words({"luna": "vague", "anna": "kind"}) == "anna: kind; luna: vague"
    assert reasons_in_words({}) is None
