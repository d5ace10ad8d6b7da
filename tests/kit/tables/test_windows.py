import json

import pytest

from kit.tables.windows import Window

TEXT = '{"a": "é😀"} ' * 40
DATA = TEXT.encode()


@pytest.mark.parametrize("longest", [None, 18, 20, 64, 10_000])
def test_a_window_shows_the_text_at_every_place(longest: int | None) -> None:
    """Values are decoded one after the other, and their ends are places in the bytes again."""
    window, place = Window(DATA, longest), 0
    while place < len(DATA):
        text, char = window.at(place)
        assert window.at(place) == (text, char)
        value, end = json.JSONDecoder().raw_decode(text, char)
        assert value == {"a": "é😀"}
        place = window.byte(end) + 1
    assert place == len(DATA)


def test_a_value_that_is_cut_is_told_from_a_broken_one() -> None:
    """By where the error is: at the end of a window that is not the end of the data."""
    for data, cut in ((b'["' + b"a" * 99 + b'"]', True), (b"[" + b"1," * 99 + b"1]", True), (b"[}" + b" " * 99, False)):
        window = Window(data, 20)
        with pytest.raises(json.JSONDecodeError) as caught:
            json.loads(window.at(0)[0])
        assert window.cuts(caught.value) == cut
    whole = Window(b'["cut off', 20)
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(whole.at(0)[0])
    assert not whole.cuts(caught.value)
