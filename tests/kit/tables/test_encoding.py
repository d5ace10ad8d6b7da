import codecs
import tracemalloc

import pytest

from kit.tables.encoding import PIECE, NotText, text_of, utf8

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
}


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_says_the_encoding_and_goes(name: str) -> None:
    """UTF-8 once or twice marked, and what spreadsheets call Unicode text."""
    assert utf8(MARKS[name] + "größe ✓".encode(name)) == "größe ✓".encode()
    assert utf8(codecs.BOM_UTF8 * 2 + b"x") == b"x"


def test_line_ends_become_plain() -> None:
    """CRLF and CR alone."""
    assert text_of(codecs.BOM_UTF8 + b"a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize("before", [0, 5, PIECE - 1, PIECE, PIECE + 3])
def test_the_line_of_a_wrong_byte_is_named(before: int) -> None:
    """Wherever the file is cut into pieces, also through a character."""
    good = b"\n" * before + "✓\n".encode() * 3
    with pytest.raises(NotText, match="save the file as UTF-8") as caught:
        utf8(good + b"ab\xff\n")
    assert caught.value.line == before + 4
    assert utf8(good) == good
    with pytest.raises(NotText):
        utf8(good + "✓".encode()[:2])


def test_a_torn_sixteen_bit_file_is_refused() -> None:
    """Half a character at its end, or nothing but a mark."""
    with pytest.raises(NotText):
        utf8(codecs.BOM_UTF16_LE)
    with pytest.raises(NotText):
        utf8(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le")[:3])


def test_sixteen_bit_text_is_converted_piece_by_piece() -> None:
    """Its text never stands in memory as a whole: the peak is what comes of it and a few pieces."""
    text = ("größe ✓ 🙂\n" * 20_000).encode("utf-16-le")
    data = codecs.BOM_UTF16_LE + text * (16 * PIECE // len(text))
    tracemalloc.start()
    try:
        found = utf8(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.decode() == data.decode("utf-16")
    assert peak < len(found) * 1.25 + 8 * PIECE
