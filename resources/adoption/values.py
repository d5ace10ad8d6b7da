"""Reads the values of a row's columns; what is wrong with one is said in words."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from kit.tables.numbers import NotANumber, is_unknown, number_of

LARGEST = 2**31
_SHOWN = 40
_TRUE, _FALSE = frozenset({"true", "yes"}), frozenset({"false", "no"})


class Wrong(ValueError):
    """A value that a column cannot have."""


@dataclass
class Values:
    """Reads values of one file; `unknown` counts, by column, numbers that the file says are not known."""

    decimal_comma: bool
    unknown: Counter[str] = field(default_factory=Counter)

    def label(self, name: str, value: Any) -> str:
        """Return a label as it stands; whole numbers count as their digits. Raise Wrong."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Wrong(f"{name} is empty: it is a name of 1 to 200 printable characters")
        if not isinstance(value, str):
            raise Wrong(f"{name} is {shown(value)}, not a name")
        return value

    def text(self, name: str, value: Any) -> str | None:
        """Return a text, None where there is none but blanks. Raise Wrong."""
        if value is not None and not isinstance(value, str):
            if isinstance(value, float) and math.isnan(value):
                return None
            hint = f": name the text in it with --map {name}.PART={name}" if isinstance(value, dict | list) else ""
            raise Wrong(f"{name} is {shown(value)}, not a text{hint}")
        return value if value and value.strip() else None

    def word(self, name: str, value: Any) -> str | None:
        """Return the value of a slice, None where it is not known. Raise Wrong."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return None if math.isnan(value) else str(value)
        found = self.text(name, value)
        return None if found is None or is_unknown(found) else found

    def scenario(self, value: Any) -> dict[str, Any]:
        """Return the scenario as an object; a text stands under `text`. Raise Wrong."""
        if isinstance(value, dict):
            return value
        if not isinstance(value, str) or not value.strip():
            raise Wrong(f"scenario is {shown(value)}: give a text or an object")
        return {"text": value}

    def number(self, name: str, value: Any, *, whole: bool = False) -> float | None:
        """Return a number of 0 to 2^31, None where it is not known. Raise Wrong."""
        found = self.any_number(name, value)
        if found is None:
            return None
        if not 0 <= found < LARGEST or (whole and found != int(found)):
            kind = "a whole number" if whole else "a number"
            raise Wrong(f"{name} is {shown(value)}: give {kind} from 0 to {LARGEST}")
        return found

    def any_number(self, name: str, value: Any) -> float | None:
        """Return a finite number, None where it is not known. Raise Wrong."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if (isinstance(value, str) and is_unknown(value)) or (isinstance(value, float) and math.isnan(value)):
            self.unknown[name] += 1
            return None
        if isinstance(value, str):
            try:
                return number_of(value, decimal_comma=self.decimal_comma)
            except NotANumber as error:
                raise Wrong(f"{name} is {shown(value)}, not a number") from error
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Wrong(f"{name} is {shown(value)}, not a number")
        return value

    def score(self, name: str, value: Any, *, booleans: bool) -> float | None:
        """Return a judge's value, true and false as 1 and 0 where `booleans` allows it. Raise Wrong."""
        said = value.strip().lower() if isinstance(value, str) else ""
        if isinstance(value, bool) or said in _TRUE | _FALSE:
            if not booleans:
                raise Wrong(
                    f"{name} is {shown(value)}: true and false count as 1 and 0 under a rubric whose scale is 0 to 1; "
                    "give it with --rubric FILE"
                )
            return float(value is True or said in _TRUE)
        return self.any_number(name, value)


def shown(value: Any) -> str:
    """Return a value as a message shows it."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f"{value:g}" if isinstance(value, int | float) else repr(value[:_SHOWN])
