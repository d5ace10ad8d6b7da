from typing import Any

import pytest

from resources.adoption.tools.parts import content, decoded, judge_id, metric, milliseconds, number, scenario, user_text

CONTENTS: list[tuple[Any, str | None]] = [
    ("said", "said"), ("", None), (None, None), (3, None), ({"content": "said"}, "said"), ({"role": "assistant"}, None),
    ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a\nb"),
    ([{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "b"}], "b"),
    ({"choices": [{"message": {"content": "said"}}]}, "said"), ('{"content": "said"}', "said"), ("{odd", "{odd"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), CONTENTS)
def test_the_text_of_a_message(value: Any, text: str | None) -> None:
    """In the shapes that interfaces of models have; what was thought is no part of it."""
    assert content(value) == text


def test_what_was_asked() -> None:
    """The user's part of a chat, any other value as it is; a scenario is a text or an object."""
    chat = [{"role": "system", "content": "x"}, {"role": "user", "content": "a"}, {"role": "user", "content": "b"}]
    assert user_text(chat) == "a\nb"
    assert user_text({"messages": chat, "model": "m"}) == "a\nb"
    assert user_text([{"role": "system", "content": "x"}]) == "x"
    assert user_text({"question": "q"}) == {"question": "q"}
    assert [scenario(value) for value in ("q", {"a": 1}, [1, 2], None)] == ["q", {"a": 1}, "[1,2]", None]


def test_single_values() -> None:
    """Metrics, numbers, ids; what is none of them is not known."""
    assert [metric(value) for value in ("C", "I", "P", "N", "yes", 0.5, True, None, [1])] == [
        1, 0, 0.5, 0, "yes", 0.5, True, None, None,
    ]  # fmt: skip
    assert [number(value) for value in ("1.5", 2, True, None, "x")] == [1.5, 2, None, None, None]
    assert (milliseconds(0.5), milliseconds(None)) == (500, None)
    assert [judge_id(name, "someone") for name in ("anna@x.org", " ", "a" * 99)] == ["anna-x.org", "someone", "a" * 63]


def test_only_objects_and_lists_are_decoded() -> None:
    """A text that looks like one and is none stays a text, however deep it is."""
    assert decoded('[{"a": 1}]') == [{"a": 1}]
    assert [decoded(value) for value in ("3", "{", "[" * 10_000, 4)] == ["3", "{", "[" * 10_000, 4]
