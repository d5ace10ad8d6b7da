"""Text that no database holds."""

from services.recommender.promotion.typed_text import is_storable


def test_only_text_is_stored() -> None:
    """Any characters but NUL and halves of surrogate pairs."""
    assert [is_storable(text) for text in ("", "é🙂", "a\0", "\ud83d")] == [True, True, False, False]
