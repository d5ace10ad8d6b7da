"""Answers of the shapes that real servers send."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.benchmark.models import ModelAnswer
from resources.models.wire import answer_of

TIP = "Put the phone in the kitchen at ten."
USAGE = {"prompt_tokens": 40, "completion_tokens": 15, "total_tokens": 55}


def _read(content: Any = TIP, finish: Any = "stop", usage: Any = USAGE, **message: Any) -> ModelAnswer:
    choice = {"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    return answer_of(json.dumps({"id": "x", "choices": [choice], "usage": usage}).encode())


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([{"type": "text", "text": "Walk "}, {"type": "text", "text": "home."}], "Walk home."),
        ([{"type": "reasoning", "text": "hm"}, {"type": "text", "text": TIP}], TIP),
        ([{"type": "thinking", "thinking": "hm"}, {"type": "output_text", "text": TIP}], TIP),
        ({"type": "text", "text": TIP}, TIP),
        (["Walk ", "home."], "Walk home."),
        ("Breathe \ud83d and walk.", "Breathe \ufffd and walk."),
    ],
)
def test_the_text_is_kept_whatever_its_shape(content: Any, text: str) -> None:
    """Parts are joined, reasoning among them is not the text, a lone surrogate becomes U+FFFD."""
    answer = _read(content)
    assert (answer.kind, answer.text, answer.tokens_in, answer.tokens_out) == ("text", text, 40, 15)


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"prompt_tokens": "40", "completion_tokens": "15"}, (40, 15)),
        ({"prompt_tokens": 40.0, "completion_tokens": 15.0}, (40, 15)),
        ({"prompt_tokens": 40.5, "completion_tokens": True}, (None, None)),
        ({"prompt_tokens": None, "completion_tokens": "many"}, (None, None)),
        ("none", (None, None)),
        ([], (None, None)),
        (None, (None, None)),
    ],
)
def test_an_odd_count_is_read_or_unknown_and_loses_no_answer(usage: Any, counts: tuple[int | None, int | None]) -> None:
    """Counts as text or with a point are counts; anything else is not known."""
    answer = _read(usage=usage)
    assert (answer.kind, answer.text, (answer.tokens_in, answer.tokens_out)) == ("text", TIP, counts)


@pytest.mark.parametrize("finish", [None, 3, ["stop"], {"type": "stop"}])
def test_an_odd_finish_reason_is_unknown(finish: Any) -> None:
    """The text stays."""
    assert (_read(finish=finish).kind, _read(finish=finish).text) == ("text", TIP)


def test_bytes_around_and_inside_the_json_lose_no_answer() -> None:
    """A byte order mark, NaN in logprobs, bytes that are no UTF-8."""
    body = {"choices": [{"message": {"content": TIP}, "logprobs": {"x": float("nan")}}], "usage": USAGE}
    for data in (
        b"\xef\xbb\xbf" + json.dumps(body).encode(),
        json.dumps(body).encode(),
        b"\n " + json.dumps(body).encode(),
    ):
        assert answer_of(data).text == TIP
    assert answer_of(b'{"choices": [{"message": {"content": "caf\xff"}}]}').text == "caf\ufffd"


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_kept_apart(name: str) -> None:
    """Under either name, and its tokens with it."""
    usage = {**USAGE, "completion_tokens_details": {"reasoning_tokens": 9}}
    answer = _read(usage=usage, **{name: "First I consider"})
    assert (answer.text, answer.reasoning, answer.tokens_out, answer.tokens_reasoning) == (
        TIP,
        "First I consider",
        15,
        9,
    )


def test_reasoning_beside_the_output_is_added_to_what_is_paid() -> None:
    """Where the total says that the server counts it apart, as some do; else it is part of the output."""
    separate = {
        "prompt_tokens": 40,
        "completion_tokens": 15,
        "total_tokens": 155,
        "completion_tokens_details": {"reasoning_tokens": 100},
    }
    assert _read(usage=separate).tokens_out == 115
    within = {**separate, "completion_tokens": 115}
    assert _read(usage=within).tokens_out == 115


def test_an_answer_that_is_reasoning_alone_says_so() -> None:
    """How many tokens, and how it ended."""
    usage = {"prompt_tokens": 40, "completion_tokens": 96, "completion_tokens_details": {"reasoning_tokens": 96}}
    answer = _read(None, "length", usage, reasoning_content="First I consider")
    assert (answer.kind, answer.error) == ("failed", "no text: all 96 tokens went into reasoning, finish=length")
    answer = _read("", "length", USAGE, reasoning="Hm")
    assert answer.error == "no text: the answer holds reasoning alone, finish=length"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(
                    ["choices", "message", "content", "text", "usage", "error", "finish_reason", "type", "code"]
                ),
                x,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_breaks_the_reader(value: Any) -> None:
    """Whatever a server sends comes to one of the outcomes."""
    answer = answer_of(json.dumps(value).encode())
    assert answer.kind in {"text", "refused", "failed", "transient", "misconfigured"}
    assert answer.kind != "text" or answer.text
