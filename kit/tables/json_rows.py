"""Reads JSON objects row by row: JSON lines of any size, and up to 16 MB what agents make of them."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import msgspec

from kit.tables.encoding import plain_lines
from kit.tables.fences import fenced
from kit.tables.loose_json import LooseJson, NotJson, is_json_start
from kit.tables.loose_json import decode as decode_value
from kit.tables.problems import Problems

LARGEST = 16 << 20
SEEN = 64 << 10
LISTED = 5
"""Lines that are no JSON are listed up to this number, unless the first is one: then the whole file is not what it
should be, which is one problem."""
ADVICE = (
    "write one JSON object a line; objects over several lines, one JSON array and a Markdown fence around them are "
    "read too, up to {limit} MB"
)
Decode = Callable[[bytes], Any]
_LINE = re.compile(rb"\S[^\n]*")
ANY_NUMBER = json.JSONDecoder()


@dataclass(frozen=True)
class JsonRows:
    """The values of a file with their lines, from 1; `read_over` fills, in words, while the rows are read."""

    rows: Iterator[tuple[int, Any]]
    read_over: list[str] = field(default_factory=list)


def json_rows(
    data: bytes, problems: Problems, *, numbers: bool = True, largest: int = LARGEST, longest: int | None = None
) -> JsonRows:
    """Return the values in `data`, UTF-8 without a byte order mark; what is no JSON is noted.

    Lines are decoded one by one. Where some are no objects of their own and the file has at most `largest` bytes, it is
    read as a whole: through a fence, an array, objects over several lines, trailing commas. With `numbers` false NaN
    and the infinities, which JSON does not have, are read too. A value of more than `longest` bytes is noted and not
    decoded, since what is decoded takes many times its memory.
    """
    decode = _limited(msgspec.json.decode if numbers else _decode_any_number, longest)
    broken, arrays = _broken(data, decode)
    if not broken and not arrays:
        return JsonRows(_strict(data, decode))
    said: tuple[int, str] | None = None
    if len(data) <= largest:
        try:
            for _ in LooseJson(data, numbers=numbers, longest=longest):
                pass
        except NotJson as error:
            said = error.line, str(error)
        else:
            loose = LooseJson(data, numbers=numbers, longest=longest)
            return JsonRows(iter(loose), loose.read_over)
    if len(broken) > LISTED or (said and broken and broken[0][0] == next(_lines(data))[0]):
        line, message = said or broken[0]
        problems.add(line, f"{message}; {ADVICE.format(limit=largest >> 20)}")
        return JsonRows(iter(()))
    for line, message in broken:
        problems.add(line, message)
    return JsonRows(_strict(data, decode))


def looks_like_json(data: bytes) -> bool:
    """Return whether `data`, or its beginning, starts as JSON does, inside a Markdown fence or without one."""
    start = data[:SEEN].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return True
    return fenced(plain_lines(start), is_json_start) is not None


class _TooLong(ValueError):
    """A line that is not decoded."""


def _limited(decode: Decode, longest: int | None) -> Decode:
    def limited(line: bytes) -> Any:
        if longest is not None and len(line) > longest:
            raise _TooLong(f"the line is longer than {longest >> 10} KB")
        return decode(line)

    return limited


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every line that is not blank, with its number from 1."""
    number, counted = 1, 0
    for found in _LINE.finditer(data):
        number += data.count(b"\n", counted, found.start())
        counted = found.start()
        yield number, found[0].rstrip()


def _strict(data: bytes, decode: Decode) -> Iterator[tuple[int, Any]]:
    for number, line in _lines(data):
        try:
            yield number, decode(line)
        except (msgspec.DecodeError, ValueError, RecursionError):
            continue  # noted before


def _broken(data: bytes, decode: Decode) -> tuple[list[tuple[int, str]], bool]:
    """Up to six lines that are no JSON, with what is wrong, and whether any line holds an array."""
    found: list[tuple[int, str]] = []
    arrays = False
    for number, line in _lines(data):
        if len(found) > LISTED:
            break
        try:
            arrays |= isinstance(decode(line), list)
        except _TooLong as error:
            found.append((number, str(error)))
        except (msgspec.DecodeError, ValueError, RecursionError):
            found.append((number, _in_words(line)))
    return found, arrays


def _in_words(line: bytes) -> str:
    try:
        json.loads(line, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string"):
            return "not JSON: the line is cut off"
        return f"not JSON from character {error.pos + 1} on: {error.doc[error.pos : error.pos + 20]!r}"
    except RecursionError:
        return "not JSON: brackets are nested too deep"
    except ValueError as error:
        return f"not JSON: {error}"
    return "not JSON"


def _decode_any_number(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        value, end = decode_value(line.decode(), ANY_NUMBER)
        if end < len(line.decode()):
            raise ValueError("more than one value on a line") from None
        return value


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")
