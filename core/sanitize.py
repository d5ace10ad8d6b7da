"""Takes out of text from outside what cannot be seen but changes how the rest is read or shown."""

import re

_UNSEEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # full-width signs start formulas too


def visible(text: str, instead: str = "") -> str:
    """Return `text` with control, direction and zero-width characters replaced by `instead`.

    Tabs and line ends stay.
    """
    return _UNSEEN.sub(instead, text)


def inert(text: str) -> str:
    """Return text that a spreadsheet shows instead of running: with an apostrophe before what would start a formula."""
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) else text
