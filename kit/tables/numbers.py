"""Reads numbers as people and spreadsheets write them into a cell."""

import math
import re

LONGEST = 64
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d*,(\d+)")
_GROUPED_COMMAS = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d*")
_GROUPED_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d*")
_GROUPED_BLANKS = re.compile(r"[+-]?\d{1,3}([ '’]\d{3})+([.,]\d*)?")
_BLANK = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009", " ") | {"−": "-"})
UNKNOWN = frozenset({"nan", "none", "null", "na", "n/a", "<na>", "nat", "undefined"})
"""Words, in lower case, that programs write where a value is not known."""


class NotANumber(ValueError):
    """A text that is no finite number, or one that could be read in two ways."""


def number_of(text: str, *, decimal_comma: bool) -> float:
    """Return the number that a cell spells: 4, 4.0, 3,5, 1.234,5 or 1 234.5; raise NotANumber.

    `decimal_comma` says that the file's delimiter is no comma, so that 1,234 has three decimals; elsewhere 1,234 could
    be either and is refused, while 3,5 is clear.
    """
    found = text.strip().translate(_BLANK).strip().lower()
    if len(found) > LONGEST:
        raise NotANumber(text)
    comma = _COMMA.fullmatch(found)
    if comma and (decimal_comma or len(comma[1]) != 3):
        found = found.replace(",", ".")
    elif _GROUPED_COMMAS.fullmatch(found):
        found = found.replace(",", "")
    elif _GROUPED_POINTS.fullmatch(found):
        found = found.replace(".", "").replace(",", ".")
    elif _GROUPED_BLANKS.fullmatch(found):
        found = re.sub("[ '’]", "", found).replace(",", ".")
    if not _PLAIN.fullmatch(found):
        raise NotANumber(text)
    value = float(found)
    if not math.isfinite(value):
        raise NotANumber(text)
    return value


def is_unknown(text: str) -> bool:
    """Return whether a cell is empty or says in a program's word that its value is not known."""
    return not text.strip() or text.strip().lower() in UNKNOWN
