"""Text from outside, made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sanitize import escaped, escaped_json, inert, plain_quotes, visible


def test_what_cannot_be_seen_is_gone_and_the_rest_stays() -> None:
    """Escapes, direction marks and zero-width characters go; letters of any script, tabs and line ends stay."""
    assert visible("a\x1b]0;x\x07b\u202e\u200b\ufeffc\td\ne é 漢 😀") == "a]0;xbc\td\ne é 漢 😀"
    assert visible("a\x00b", "?") == "a?b"


def test_what_acts_on_a_terminal_is_shown() -> None:
    """As an escape, in JSON as one of the same document; what joins letters of a script stays."""
    assert escaped("a\x1b]0;x\x07\u202eb\x9b\r\n\tc\u200dd") == r"a\x1b]0;x\x07\u202eb\x9b\x0d" + "\n\tc\u200dd"
    assert escaped_json('["\x9b\u202e"]') == r'["\u009b\u202e"]'


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "  =1", "\n=1", "＝1"])
def test_no_formula_starts_a_cell(text: str) -> None:
    """An apostrophe stands first."""
    assert inert(text) == f"'{text}"


@given(st.text())
def test_both_are_stable(text: str) -> None:
    """Cleaning again changes nothing, and plain text is left as it is."""
    assert visible(visible(text)) == visible(text)
    assert inert(inert(text)) == inert(text)


def test_typographic_marks_become_plain() -> None:
    """English, German, Swiss and French marks and the apostrophes of phones are alike; other characters stay."""
    assert plain_quotes("“a” „b“ »c« «\u00a0d\u202f» ‹e› it’s don´t ‘f’ – 5′ …") == (
        '"a" "b" "c" "d" \'e\' it\'s don\'t \'f\' – 5′ …'
    )
