"""Decodes UTF-8 bytes to text piece by piece, so that a large file never stands in memory as text."""

import codecs
import json

_TAIL = 16
"""Characters at the end of a window in which a number, a word or an escape may be cut through."""


class Window:
    """A piece of `data` as text that always holds at least `longest` bytes from the place asked for; None: all of it.

    Places are asked for in ascending order, or the last one again.
    """

    def __init__(self, data: bytes, longest: int | None) -> None:
        self._data, self._longest = data, len(data) if longest is None else longest
        self._text, self._end, self._plain = "", 0, True
        self._byte, self._char = 0, 0

    def at(self, place: int) -> tuple[str, int]:
        """Return the text of the window that holds the byte `place`, and which character of it that is."""
        if place + self._longest > self._end < len(self._data) or place > self._end:
            piece = memoryview(self._data)[place : place + 2 * self._longest]
            self._text, read = codecs.utf_8_decode(piece, "strict", place + len(piece) == len(self._data))
            self._end, self._plain = place + read, len(self._text) == read
            self._byte, self._char = place, 0
        elif self._plain:
            self._char += place - self._byte
        else:
            self._char += len(self._data[self._byte : place].decode())
        self._byte = place
        return self._text, self._char

    def byte(self, char: int) -> int:
        """Return the place in the data of a character that does not stand before the last place asked for."""
        if self._plain:
            return self._byte + char - self._char
        return self._byte + len(self._text[self._char : char].encode())

    def cuts(self, error: json.JSONDecodeError) -> bool:
        """Return whether the text ends with the window, and not the data, where `error` arose."""
        if self._end == len(self._data):
            return False
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - _TAIL
