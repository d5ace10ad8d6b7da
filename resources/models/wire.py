"""The parts of the OpenAI protocol that are read and written, as records."""

from typing import Any

import msgspec

from contracts.benchmark.models import ModelAnswer, TipRequest

EXCERPT = 200
MOST_TOKENS = 2**31


class ChatMessage(msgspec.Struct):
    """A chat answer."""

    content: str | None = None
    refusal: str | None = None


class Choice(msgspec.Struct):
    """One answer, of either API."""

    message: ChatMessage | None = None
    text: str | None = None
    finish_reason: str | None = None


class Usage(msgspec.Struct):
    """Token counts."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Completion(msgspec.Struct):
    """The body of a 200."""

    choices: list[Choice]
    usage: Usage | None = None


_decode = msgspec.json.Decoder(Completion).decode
_encode = msgspec.json.Encoder().encode


def body_of(request: TipRequest) -> bytes:
    """The request's JSON, with the model's `omit`, `extra` and `max_tokens_field` applied."""
    model = request.model
    fields: dict[str, Any] = {"model": model.model, "temperature": request.temperature, "seed": request.seed}
    fields[model.max_tokens_field] = request.max_tokens
    if request.stop:
        fields["stop"] = request.stop
    if request.messages is not None:
        fields["messages"] = request.messages
    else:
        fields["prompt"] = request.text
    return _encode({**{key: value for key, value in fields.items() if key not in model.omit}, **model.extra})


def answer_of(data: bytes) -> ModelAnswer:
    """The outcome in the body of a 200: text, a refusal, or a final failure that says what was wrong with it."""
    try:
        completion = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return ModelAnswer(kind="failed", error=f"the answer is not of the protocol: {error}")
    if not completion.choices:
        return ModelAnswer(kind="failed", error="the answer holds no choice")
    choice, usage = completion.choices[0], completion.usage or Usage()
    message = choice.message or ChatMessage(choice.text)
    refused = bool(message.refusal) or choice.finish_reason == "content_filter"
    return ModelAnswer(
        kind="refused" if refused else "text",
        text=message.refusal or message.content if refused else message.content or "",
        finish=choice.finish_reason,
        tokens_in=_count(usage.prompt_tokens),
        tokens_out=_count(usage.completion_tokens),
        error="the model refused" if refused else None,
    )


def _count(tokens: int | None) -> int | None:
    """A token count that can be one; anything else is not known."""
    return tokens if tokens is not None and 0 <= tokens < MOST_TOKENS else None


def excerpt(data: bytes, key: str | None) -> str:
    """The server's own words on one line, cut, without the key even if the server repeats it."""
    text = " ".join(data[:4096].decode("utf-8", "replace").split())
    return (text.replace(key, "[key]") if key else text)[:EXCERPT]
