"""Reads JSON as people and servers really send it, which the strict reader rejects: one value, or all of a text."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from kit.tables.encoding import plain_lines
from kit.tables.fences import fenced
from kit.tables.windows import Window

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.?)*+(?:"|\Z)|,(?=\s*[}\]])', re.DOTALL)
"""A string, or a comma before a closing bracket; a string without an end reaches to the end, so that all is linear."""
_GAP = re.compile(rb"(?:[\s,]++|\xc2\xa0|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe3\x80\x80)*+")
"""Blanks and commas, also the blanks that only Unicode has."""
SHOWN = 20
MOST_VALUES = 400_000
"""In a file with a limit: 16 MB of answers are fewer, and each costs some microseconds."""
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


def is_json_start(line: bytes) -> bool:
    """Return whether a line begins an object or an array."""
    return line.startswith((b"{", b"["))


class LooseJson:
    """The values of a text with their lines: fences, one array, objects over several lines, trailing commas are read.

    `data` is UTF-8 without a byte order mark. Iterating raises NotJson where it is cut off or no JSON; `read_over`
    says, in words, what was read over, and is whole at the end. With `numbers` false NaN and the infinities are floats,
    else they are refused. With `longest` a value of more bytes is refused before it is decoded, and so are more than
    400,000 values.
    """

    def __init__(self, data: bytes, *, numbers: bool = True, longest: int | None = None) -> None:
        self.read_over: list[str] = []
        data = plain_lines(data)
        inside = fenced(data, is_json_start)
        if inside is not None:
            if inside.object_outside is not None:
                said = "JSON stands inside and outside of a Markdown fence: keep one of them"
                raise NotJson(inside.object_outside, said)
            data = inside.text
            self.read_over += inside.read_over
        self._data, self._longest = data, longest
        self._window = Window(data, longest)
        self._decoder = json.JSONDecoder(parse_constant=_refuse) if numbers else json.JSONDecoder()
        self._line, self._counted = 1, 0
        self._trimmed = False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """Yield (line, value), the elements of an array one by one."""
        array, count = False, 0
        place = self._gap(0, array=array)
        while place < len(self._data):
            sign = self._data[place : place + 1]
            if sign == b"[" and not array:
                self._note("one JSON array")
                array, place = True, place + 1
            elif sign == b"]" and array:
                array, place = False, place + 1
            else:
                value, place = self._value(place)
                count += 1
                if self._longest is not None and count > MOST_VALUES:
                    raise NotJson(self._line, f"the file holds more than {MOST_VALUES} values")
                yield self._line, value
            place = self._gap(place, array=array)
        if array:
            raise NotJson(self._line_of(len(self._data)), "the file is cut off: its array is not closed")

    def _gap(self, place: int, *, array: bool) -> int:
        """Return where the blanks and commas at `place` end; a comma outside of an array is noted."""
        found = _GAP.match(self._data, place)
        end = found.end() if found else place
        if not array and self._data.find(b",", place, end) >= 0:
            self._note("commas between the objects")
        return end

    def _value(self, place: int) -> tuple[Any, int]:
        line = self._line_of(place)
        text, start = self._window.at(place)
        try:
            value, end = decode(text, self._decoder, start)
        except json.JSONDecodeError as error:
            if self._longest is not None and self._window.cuts(error):
                raise NotJson(line, f"what begins here is longer than {self._longest >> 10} KB") from None
            if self._trim():
                return self._value(place)
            raise NotJson(*self._in_words(error, line)) from None
        except RecursionError as error:
            raise NotJson(line, "not JSON: brackets are nested too deep") from error
        except ValueError as error:
            raise NotJson(line, f"not JSON: {error}") from error
        behind = self._window.byte(end)
        if self._data.find(b"\n", place, behind) >= 0:
            self._note("objects over several lines")
        return value, behind

    def _trim(self) -> bool:
        """Put blanks for commas before closing brackets, once; return whether there were any."""
        if self._trimmed:
            return False
        self._trimmed = True
        found = bytearray(self._data)
        for token in _TOKEN.finditer(self._data):
            if token[0] == b",":
                found[token.start()] = ord(" ")
        if found == self._data:
            return False
        self._data = bytes(found)
        self._window = Window(self._data, self._longest)
        self._note("trailing commas")
        return True

    def _in_words(self, error: json.JSONDecodeError, line: int) -> tuple[int, str]:
        place = self._window.byte(error.pos)
        if not self._data[place:].strip() or error.msg.startswith("Unterminated string"):
            return line, "the file is cut off in what begins here"
        shown = error.doc[error.pos : error.pos + SHOWN].split("\n")[0]
        return self._data.count(b"\n", 0, place) + 1, f"not JSON at {shown!r}"

    def _line_of(self, place: int) -> int:
        self._line += self._data.count(b"\n", self._counted, place)
        self._counted = place
        return self._line

    def _note(self, what: str) -> None:
        if what not in self.read_over:
            self.read_over.append(what)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")
