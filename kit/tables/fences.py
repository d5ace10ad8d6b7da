"""Finds what stands inside the Markdown fences of a chat program's answer."""

import re
from collections.abc import Callable
from typing import NamedTuple

_FENCE = re.compile(rb"^ {0,3}(`{3,}|~{3,})([^`\n]*)$", re.MULTILINE)
_MARKS = (b"```", b"~~~")
_FIRST = re.compile(rb"\S[^\n]*")
_OBJECT = re.compile(rb"^[^\S\n]*\{", re.MULTILINE)
_BLANKED = bytes(byte if byte == ord("\n") else ord(" ") for byte in range(256))


class Fenced(NamedTuple):
    """The text inside fences, with blanks for what was left out, and what that was in words.

    `object_outside` is the line, from 1, of the first JSON object that was left out, or None.
    """

    text: bytes
    read_over: tuple[str, ...]
    object_outside: int | None


class _Blanking:
    """A copy of a text in which spans are blanked, so that lines keep their numbers."""

    def __init__(self, text: bytes) -> None:
        self._text, self.copy = text, bytearray(text)
        self.object_place: int | None = None

    def blank(self, first: int, end: int) -> bool:
        """Blank a span; return whether anything stood there."""
        if self.object_place is None and (found := _OBJECT.search(self._text, first, end)):
            self.object_place = found.start()
        self.copy[first:end] = self.copy[first:end].translate(_BLANKED)
        return _FIRST.search(self._text, first, end) is not None


def fenced(text: bytes, wanted: Callable[[bytes], bool]) -> Fenced | None:
    """Return what stands in the fences of `text`, which has plain line ends; None when there is no such fence.

    `wanted` tells by the first line of a block whether it counts, so that a shell command beside the answers does no
    harm. A block that is never closed ends with the text. No more than two copies of the text are made, whatever it
    holds.
    """
    if not any(mark in text for mark in _MARKS):  # quick, where the pattern would hold up every other thread
        return None
    blanking, found, around = _Blanking(text), False, False
    mark, start = b"", 0  # where the block or the text around it begins
    for fence in _FENCE.finditer(text):
        if not mark:
            around |= blanking.blank(start, fence.start())
            mark = fence[1]
        elif fence[1].startswith(mark) and not fence[2].strip():
            taken = _counts(text, start, fence.start(), wanted)
            found, around, mark = found or taken, around or not taken, b""
            if not taken:
                blanking.blank(start, fence.start())
        else:
            continue
        blanking.blank(*fence.span())
        start = fence.end()
    if mark and _counts(text, start, len(text), wanted):
        found = True
    elif blanking.blank(start, len(text)) and not mark:
        around = True
    if not found:
        return None
    said = ("a Markdown fence", "the text around it") if around else ("a Markdown fence",)
    place = blanking.object_place
    return Fenced(bytes(blanking.copy), said, None if place is None else text.count(b"\n", 0, place) + 1)


def _counts(text: bytes, start: int, end: int, wanted: Callable[[bytes], bool]) -> bool:
    line = _FIRST.search(text, start, end)
    return wanted(line[0].rstrip() if line else b"")
