"""Texts from outside: ordinary tips of several languages pass, and what could act or confuse does not."""

import pytest

from core.tips.texts import as_one_line, text_fault


@pytest.mark.parametrize(
    "text",
    [
        "Dim the lights an hour earlier and leave the screen in another room.",
        "Trink ein Glas Wasser – im Sitzen. „Langsam“ genügt.",
        "先に照明を落としてください。",
        "Anna & Ben: half of it is enough (5 * 3 < 20).",
        "Two lines\nof one tip.  ",
        "Mark a_b and 3 - 2 = 1, it's 50% done!",
    ],
)
def test_an_ordinary_tip_may_be_shown(text: str) -> None:
    """Signs of other scripts, quotation marks and line ends are no fault."""
    assert text_fault(text, 1_000) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("... !!! 42", "letter"),
        ("word " * 300, "longer than 1000"),
        ("red \x1b[31mtext", "control"),
        ("a bell\x07 rings", "control"),
        ("turned \u202etxet", "control"),
        ("zero\u200bwidth", "control"),
        ("lone \ud800 half", "control"),
        ("lost \ufffd sign", "control"),
        ("<script>alert(1)</script>", "markup"),
        ("<img src=x onerror=alert(1)>", "markup"),
        ("<!-- hidden --> words", "markup"),
        ("Read [this](x) now", "markup"),
        ("**Bold** words", "markup"),
        ("# A heading", "markup"),
        ("1. First\n2. Second", "markup"),
        ("`code` of it", "markup"),
        ("&lt;b&gt; words", "markup"),
        ("Hello {{ name }}", "markup"),
        ("Stop.<|im_end|>", "markup"),
        ("See https://example.org for more", "address"),
        ("Look at www.example.org", "address"),
        ("Run javascript:alert(1)", "address"),
    ],
)
def test_a_poisoned_text_has_a_reason(text: str, says: str) -> None:
    """Each is named by what is wrong with it."""
    assert says in (text_fault(text, 1_000) or "")


def test_a_tip_is_one_line() -> None:
    """Blanks and line ends are one blank each."""
    assert as_one_line("  a\r\n b\t\tc ") == "a b c"
