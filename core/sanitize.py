"""Takes out of text from outside what cannot be seen but changes how the rest is read or shown."""

import re

_UNSEEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ACTING = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_QUOTES = re.compile("«[\u00a0\u202f]?|[\u00a0\u202f]?»|[\u201c-\u201f]")
_APOSTROPHES = re.compile("[\u2018-\u201b\u2039\u203a\u00b4\u02bc]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # full-width signs start formulas too


def visible(text: str, instead: str = "") -> str:
    """Return `text` with control, direction and zero-width characters replaced by `instead`.

    Tabs and line ends stay.
    """
    return _UNSEEN.sub(instead, text)


def escaped(text: str) -> str:
    r"""Return `text` with every character that acts on a terminal, or turns the order of others, as \xNN or \uNNNN.

    Tabs and line ends stay, and what joins or parts letters in some scripts.
    """
    return _ACTING.sub(lambda found: _code(found[0]) if found[0] > "\xff" else f"\\x{ord(found[0]):02x}", text)


def escaped_json(text: str) -> str:
    r"""Return a JSON document with the same characters as \uNNNN, as which they may stand in its strings."""
    return _ACTING.sub(lambda found: _code(found[0]), text)


def _code(sign: str) -> str:
    return f"\\u{ord(sign):04x}"


def plain_quotes(text: str) -> str:
    """Return `text` with every typographic quotation mark as `"` and every typographic apostrophe as `'`.

    The no-break space that French puts inside its marks goes with them.
    """
    return _APOSTROPHES.sub("'", _QUOTES.sub('"', text))


def inert(text: str) -> str:
    """Return text that a spreadsheet shows instead of running: with an apostrophe before what would start a formula."""
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) else text
