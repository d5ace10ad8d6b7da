"""Reads JSON as people and servers really send it, which the strict reader rejects: one value, or all of a text."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from kit.tables.encoding import plain
from kit.tables.fences import fenced

_TOKEN = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|\Z)|,(?=\s*[}\]])', re.DOTALL)
"""A string, or a comma before a closing bracket; a string without an end reaches to the end, so that all is linear."""
_GAP = re.compile(r"[\s,]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONE = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """A text that cannot be read; `line`, from 1, is where that shows."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def decode(text: str, decoder: json.JSONDecoder, place: int = 0) -> tuple[Any, int]:
    """Return the value that begins at `place`, and where it ends; half a surrogate pair becomes U+FFFD.

    Raises JSONDecodeError, another ValueError for a number or word that is refused, RecursionError.
    """
    value, end = decoder.raw_decode(text, place)
    return (_replaced(value) if _SURROGATE.search(text, place, end) else value), end


def decode_bytes(data: bytes) -> Any:
    """Return the one value in `data`, with NaN and the infinities as floats.

    A byte order mark is skipped; bytes that are no UTF-8 and half a surrogate pair become U+FFFD. Raise NotJson for no
    JSON, or nested too deep.
    """
    text = data.decode("utf-8-sig", "replace")
    try:
        value = json.loads(text)
        return _replaced(value) if _SURROGATE.search(text) else value
    except (ValueError, RecursionError) as error:
        raise NotJson(getattr(error, "lineno", 1), "not JSON") from None


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_replaced(key): _replaced(entry) for key, entry in value.items()}
    return [_replaced(entry) for entry in value] if isinstance(value, list) else value


def is_json_start(line: str) -> bool:
    """Return whether a line begins an object or an array."""
    return line.startswith(("{", "["))


class LooseJson:
    """The values of a text with their lines: fences, one array, objects over several lines, trailing commas are read.

    Iterating raises NotJson where the text is cut off or no JSON; `read_over` says, in words, what was read over, and
    is whole at the end. With `numbers` false NaN and the infinities are floats, else they are refused.
    """

    def __init__(self, text: str, *, numbers: bool = True) -> None:
        self.read_over: list[str] = []
        text = plain(text)
        inside = fenced(text, is_json_start)
        if inside is not None:
            self._refuse_outside(text, inside.text)
            text = inside.text
            self.read_over += inside.read_over
        self._text = text
        self._decoder = json.JSONDecoder(parse_constant=_refuse) if numbers else json.JSONDecoder()
        self._line, self._counted = 1, 0
        self._trimmed = False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """Yield (line, value), the elements of an array one by one."""
        array = False
        place = self._gap(0, array=array)
        while place < len(self._text):
            sign = self._text[place]
            if sign == "[" and not array:
                self._note("one JSON array")
                array, place = True, place + 1
            elif sign == "]" and array:
                array, place = False, place + 1
            else:
                value, place = self._value(place)
                yield self._line, value
            place = self._gap(place, array=array)
        if array:
            raise NotJson(self._line_of(len(self._text)), "the file is cut off: its array is not closed")

    def _gap(self, place: int, *, array: bool) -> int:
        """Behind blanks and commas; a comma outside of an array is noted."""
        found = _GAP.match(self._text, place)
        end = found.end() if found else place
        if not array and "," in self._text[place:end]:
            self._note("commas between the objects")
        return end

    def _value(self, place: int) -> tuple[Any, int]:
        line = self._line_of(place)
        try:
            value, end = decode(self._text, self._decoder, place)
        except json.JSONDecodeError as error:
            if self._trim():
                return self._value(place)
            raise NotJson(*self._in_words(error, line)) from error
        except RecursionError as error:
            raise NotJson(line, "not JSON: brackets are nested too deep") from error
        except ValueError as error:
            raise NotJson(line, f"not JSON: {error}") from error
        if self._text.find("\n", place, end) >= 0:
            self._note("objects over several lines")
        return value, end

    def _trim(self) -> bool:
        """Put blanks for commas before closing brackets, once; whether there were any."""
        if self._trimmed:
            return False
        self._trimmed = True
        found = _TOKEN.sub(lambda token: " " if token[0] == "," else token[0], self._text)
        if found == self._text:
            return False
        self._text = found
        self._note("trailing commas")
        return True

    def _in_words(self, error: json.JSONDecodeError, line: int) -> tuple[int, str]:
        if error.pos >= len(self._text.rstrip()) or error.msg.startswith("Unterminated string"):
            return line, "the file is cut off in what begins here"
        shown = self._text[error.pos : error.pos + 20].split("\n")[0]
        return self._text.count("\n", 0, error.pos) + 1, f"not JSON at {shown!r}"

    def _line_of(self, place: int) -> int:
        self._line += self._text.count("\n", self._counted, place)
        self._counted = place
        return self._line

    def _note(self, what: str) -> None:
        if what not in self.read_over:
            self.read_over.append(what)

    def _refuse_outside(self, text: str, inside: str) -> None:
        for number, (line, inside_line) in enumerate(zip(text.split("\n"), inside.split("\n"), strict=False), 1):
            if not inside_line and line.lstrip().startswith("{"):
                raise NotJson(number, "JSON stands inside and outside of a Markdown fence: keep one of them")


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")
