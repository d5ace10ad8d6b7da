"""The parts of the OpenAI protocol that are read and written, as records."""

import re
from typing import Any

import msgspec

from contracts.benchmark.models import Form, ModelAnswer, ModelRequest
from kit.tables.loose_json import NotJson, decode_bytes
from resources.models.faults import inside_answer, not_json
from resources.models.response_values import count_of, reasoning_of, text_of

MOST_TOKENS = 2**31
LONGEST_NAME = 200
_FORM = re.compile(r"response_?format|json_?schema|json_?object|structured.?output|guided_json", re.IGNORECASE)
REFUSALS = frozenset({"content_filter", "refusal", "safety"})


class ChatMessage(msgspec.Struct):
    """A chat answer; servers call a model's reasoning `reasoning_content` or `reasoning`."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class Choice(msgspec.Struct):
    """One answer, of the chat or the completion API."""

    message: ChatMessage | None = None
    text: str | None = None
    finish_reason: str | None = None


class Details(msgspec.Struct):
    """How the tokens of an answer were used."""

    reasoning_tokens: int | None = None


class Usage(msgspec.Struct):
    """Token counts; some servers leave reasoning out of `completion_tokens` and have it in the total alone."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    completion_tokens_details: Details | None = None


class Completion(msgspec.Struct):
    """The body of a success."""

    choices: list[Choice]
    usage: Usage | None = None
    error: Any = None
    model: Any = None


_decode = msgspec.json.Decoder(Completion).decode
_encode = msgspec.json.Encoder().encode


def form_of(request: ModelRequest) -> Form | None:
    """Return the form in which a request's schema is asked for; None where it has none, or its server takes none."""
    if request.schema is None or request.messages is None or "response_format" in request.model.omit:
        return None
    return request.form


def rejects_form(answer: ModelAnswer) -> bool:
    """Return whether a server says that it does not take the form in which an answer was requested."""
    return answer.kind == "failed" and bool(_FORM.search(answer.error or ""))


def body_of(request: ModelRequest) -> bytes:
    """Return the request's JSON, with the model's `omit`, `extra` and `max_tokens_field` applied."""
    model = request.model
    fields: dict[str, Any] = {"model": model.model, "temperature": request.temperature, "seed": request.seed}
    fields[model.max_tokens_field] = request.max_tokens
    if request.stop:
        fields["stop"] = request.stop
    if request.messages is not None:
        fields["messages"] = request.messages
    else:
        fields["prompt"] = request.text
    form = form_of(request)
    if form == "schema":
        named = {"name": "answer", "strict": True, "schema": request.schema}
        fields["response_format"] = {"type": "json_schema", "json_schema": named}
    elif form == "json_object":
        fields["response_format"] = {"type": "json_object"}
    return _encode({**{key: value for key, value in fields.items() if key not in model.omit}, **model.extra})


def answer_of(
    data: bytes, name: str = "the endpoint", *, status: int = 200, content_type: str = "", key: str | None = None
) -> ModelAnswer:
    """Return the outcome in the body of a success of the endpoint `name`.

    Text and refusals are final, whatever shape the fields around them have. An error inside counts by its code; a body
    without any choice, or that is not JSON, is transient, with the server's words.
    """
    try:
        completion = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        completion = None
    if completion is not None and completion.choices and completion.error is None:
        choice = completion.choices[0]
        if choice.finish_reason != "error":
            return _served(_of_choice(choice, completion.usage or Usage(), name), completion.model)
    try:
        body = decode_bytes(data)
    except NotJson:
        return ModelAnswer(kind="transient", error=not_json(name, status, data, content_type, key))
    if isinstance(body, dict) and body.get("error"):
        return inside_answer(name, body["error"], key)
    choices = body.get("choices") if isinstance(body, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return ModelAnswer(kind="transient", error=f"{name} answered {status} without any choice")
    answer = _of_choice(_choice(choices[0]), _usage(body.get("usage")), name, choices[0].get("error"), key)
    return _served(answer, body.get("model"))


def _served(answer: ModelAnswer, model: Any) -> ModelAnswer:
    """Return the answer with the name that the server gives its model, where it gives a usable one."""
    if not isinstance(model, str) or not model.strip() or len(model) > LONGEST_NAME or not model.isprintable():
        return answer
    return msgspec.structs.replace(answer, served=model.strip())


def _choice(given: dict[str, Any]) -> Choice:
    """Return what can be read of a choice whose fields do not all follow the protocol."""
    message, finish = given.get("message"), text_of(given.get("finish_reason"))
    if not isinstance(message, dict):
        return Choice(text=text_of(message) or text_of(given.get("text")), finish_reason=finish)
    separate = text_of(message.get("reasoning_content")) or text_of(message.get("reasoning"))
    return Choice(
        ChatMessage(
            text_of(message.get("content")),
            text_of(message.get("refusal")),
            separate or reasoning_of(message.get("content")),
        ),
        finish_reason=finish,
    )


def _usage(given: Any) -> Usage:
    if not isinstance(given, dict):
        return Usage()
    details = given.get("completion_tokens_details")
    reasoning = details.get("reasoning_tokens") if isinstance(details, dict) else None
    return Usage(
        count_of(given.get("prompt_tokens"), MOST_TOKENS),
        count_of(given.get("completion_tokens"), MOST_TOKENS),
        count_of(given.get("total_tokens"), MOST_TOKENS),
        Details(count_of(reasoning, MOST_TOKENS)),
    )


def _of_choice(choice: Choice, usage: Usage, name: str, error: Any = None, key: str | None = None) -> ModelAnswer:
    if choice.finish_reason == "error":
        return inside_answer(name, error or "finish_reason is error", key)
    message = choice.message or ChatMessage(choice.text)
    refused = bool(message.refusal) or choice.finish_reason in REFUSALS
    text = message.refusal or message.content if refused else message.content or ""
    tokens_in, tokens_out, reasoned = _tokens(usage)
    empty = not refused and not (text or "").strip()
    return ModelAnswer(
        kind="refused" if refused else "failed" if empty else "text",
        text=text,
        reasoning=message.reasoning_content or message.reasoning or None,
        finish=choice.finish_reason,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        tokens_reasoning=reasoned,
        error="the model refused" if refused else _why_empty(choice, message, tokens_out, reasoned) if empty else None,
    )


def _why_empty(choice: Choice, message: ChatMessage, tokens_out: int | None, reasoned: int | None) -> str:
    """Return why there is no text: nearly all tokens went into reasoning, or the server gives no cause."""
    finish = f", finish={choice.finish_reason}" if choice.finish_reason else ""
    if reasoned and tokens_out:
        how = f"all {tokens_out}" if reasoned == tokens_out else f"{reasoned} of {tokens_out}"
        return f"no text: {how} tokens went into reasoning{finish}"
    if message.reasoning_content or message.reasoning:
        return f"no text: the answer holds reasoning alone{finish}"
    return f"no text: the answer is empty{finish}"


def _tokens(usage: Usage) -> tuple[int | None, int | None, int | None]:
    """Return (in, out, of these for reasoning); reasoning that a server counts apart from its output is added to it."""
    counts = (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens)
    tokens_in, tokens_out, total = (count_of(count, MOST_TOKENS) for count in counts)
    details = usage.completion_tokens_details
    reasoned = count_of(details.reasoning_tokens, MOST_TOKENS) if details else None
    known = tokens_in is not None and tokens_out is not None
    if known and reasoned and total is not None and total == (tokens_in or 0) + (tokens_out or 0) + reasoned:
        tokens_out = (tokens_out or 0) + reasoned
    return tokens_in, tokens_out, reasoned
