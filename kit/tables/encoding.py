"""Brings the bytes of a text file to UTF-8 without a byte order mark, as editors and spreadsheets do not save them."""

import codecs
import io
from collections.abc import Iterator

PIECE = 1 << 20
_MARKED = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class NotText(ValueError):
    """Bytes that are no UTF-8; `line`, from 1, is the one of the first that is not."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__("not UTF-8: save the file as UTF-8")


def utf8(data: bytes) -> bytes:
    """Return `data` as UTF-8 without byte order marks; raise NotText when it is neither UTF-8 nor marked UTF-16 or 32.

    What is UTF-8 already is not copied.
    """
    for mark, name in _MARKED.items():
        if data.startswith(mark):
            return _transcoded(data, len(mark), name)
    while data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    _check(data)
    return data


def text_of(data: bytes) -> str:
    """Return `data` as text without byte order marks and with plain line ends; raise NotText as `utf8` does."""
    return plain(utf8(data).decode())


def plain(text: str) -> str:
    """Return `text` without byte order marks before it and with plain line ends."""
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def plain_lines(data: bytes) -> bytes:
    """Return UTF-8 without byte order marks before it and with plain line ends; what has both already is not copied."""
    while data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _transcoded(data: bytes, begin: int, name: str) -> bytes:
    if len(data) == begin:
        raise NotText(1)
    found = io.BytesIO()
    for piece in _decoded(data, begin, name):
        found.write((piece if found.tell() else piece.lstrip("\ufeff")).encode())
    return found.getvalue()


def _check(data: bytes) -> None:
    for _ in _decoded(data, 0, "utf-8"):
        pass


def _decoded(data: bytes, begin: int, name: str) -> Iterator[str]:
    """The text from `begin` on piece by piece, so that it never stands in memory as a whole; raises NotText."""
    decoder = codecs.getincrementaldecoder(name)()
    for start in range(begin, len(data), PIECE):
        waiting = len(decoder.getstate()[0])
        end = start + PIECE
        try:
            yield decoder.decode(data[start:end], final=end >= len(data))
        except UnicodeDecodeError as error:
            raise NotText(data.count(b"\n", begin, start - waiting + error.start) + 1) from error
