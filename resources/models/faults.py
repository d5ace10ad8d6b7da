"""Sorts errors of OpenAI-compatible servers: about the input, about the model's configuration, or passing."""

import re
from typing import Any

import msgspec

from contracts.benchmark.models import ModelAnswer
from core.benchmark.outcome import Kind
from kit.tables.loose_json import NotJson, decode_bytes

EXCERPT = 200
NOT_JSON_EXCERPT = 80
TRANSIENT = frozenset({408, 409, 425, 429})
CONFIGURATION = frozenset({401, 402, 404, 405, 407, 410, 421})
INPUT = frozenset({411, 413, 414, 416, 431})
QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance"})
FILTERED = frozenset({"content_filter", "content_policy_violation", "moderation_blocked"})
INPUT_CODES = frozenset({"context_length_exceeded", "string_above_max_length", "invalid_prompt"})
CONFIGURATION_CODES = frozenset({"invalid_api_key", "model_not_found", "permission_denied", "authentication_error"})


class ServerFault(msgspec.Struct, frozen=True):
    """A server's error: its codes in lower case, and its words on one line."""

    codes: frozenset[str]
    words: str


def error_answer(name: str, status: int, data: bytes, content_type: str, key: str | None) -> ModelAnswer:
    """Return the outcome of an HTTP status that is no success, with the words of the endpoint called `name`."""
    fault = fault_of(data, content_type, key)
    kind, unclear = _kind(status, fault.codes)
    if 300 <= status < 400:
        fault = ServerFault(fault.codes, "a redirect, which is not followed: correct base_url")
    return _answer(kind, unclear, f"{name} answered {status}: {fault.words}", f"{status} {_same(fault)}")


def inside_answer(name: str, error: Any, key: str | None) -> ModelAnswer:
    """Return the outcome of an error inside a success, by its code; transient if no code says more."""
    fault = _fault(error, key)
    status = next((int(code) for code in sorted(fault.codes) if re.fullmatch("[345][0-9][0-9]", code)), None)
    kind, unclear = _kind(status or 500, fault.codes)
    if status is None and fault.codes & CONFIGURATION_CODES:
        kind = "misconfigured"
    return _answer(kind, unclear, f"{name} answered 200 with an error inside: {fault.words}", _same(fault))


def not_json(name: str, status: int, data: bytes, content_type: str, key: str | None) -> str:
    """Return the sentence about a success whose body is not JSON: its content type and its first characters."""
    words = _printable(data.decode("utf-8", "replace"), key)[:NOT_JSON_EXCERPT]
    return f"{name} answered {status} with {content_type or 'no content type'} instead of JSON: {words}"


def fault_of(data: bytes, content_type: str, key: str | None) -> ServerFault:
    """Return the error in a body; if it is not JSON, its content type and its first characters."""
    try:
        body = decode_bytes(data)
    except NotJson:
        words = _printable(data.decode("utf-8", "replace"), key)[:NOT_JSON_EXCERPT]
        return ServerFault(frozenset(), f"{words} ({content_type})" if content_type and words else words or "nothing")
    inner = body.get("error") if isinstance(body, dict) else None
    return _fault(body if inner is None else inner, key)


def _fault(error: Any, key: str | None) -> ServerFault:
    """Read the shapes in use: a text, or an object with message, code, type and param at some depth."""
    if isinstance(error, list) and error:
        error = error[0]
    if not isinstance(error, dict):
        return ServerFault(frozenset(), _printable(str(error), key)[:EXCERPT])
    codes, words = _codes(error), next((error[n] for n in ("message", "detail", "msg", "error") if error.get(n)), None)
    if isinstance(words, dict | list):
        words = msgspec.json.encode(words).decode("utf-8", "replace")
    if words is None:
        words = msgspec.json.encode(error).decode("utf-8", "replace")
    return ServerFault(codes, _printable(str(words), key)[:EXCERPT])


def _codes(error: dict[str, Any]) -> frozenset[str]:
    inner = error.get("innererror") or error.get("metadata")
    found = [error.get("code"), error.get("type"), error.get("status")]
    if isinstance(inner, dict):
        found += [inner.get("code"), inner.get("error_type")]
    return frozenset(str(code).lower() for code in found if isinstance(code, str | int) and str(code))


def _kind(status: int, codes: frozenset[str]) -> tuple[Kind, bool]:
    """Return the outcome's kind, and whether only the model's other answers can show what it is about."""
    if codes & FILTERED:
        return "refused", False
    if status in CONFIGURATION or codes & QUOTA or 300 <= status < 400:
        return "misconfigured", False
    if status in TRANSIENT or status >= 500:
        return "transient", False
    return "failed", not (status in INPUT or codes & INPUT_CODES)


def _answer(kind: Kind, unclear: bool, error: str, fault: str) -> ModelAnswer:
    words = "the model refused: " + error if kind == "refused" else error
    return ModelAnswer(
        kind=kind, error=words, fault=fault if kind in {"failed", "misconfigured"} else None, unclear=unclear
    )


def _same(fault: ServerFault) -> str:
    """Return a text that is equal for equal complaints: without numbers and quoted parts, which name an input."""
    plain = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`|[0-9]+", "…", fault.words)
    return " ".join([*sorted(fault.codes), plain])


def _printable(text: str, key: str | None) -> str:
    """Return text of a server on one line, control characters escaped, without the key even if it is repeated."""
    plain = " ".join(text.split())
    plain = plain.replace(key, "[key]") if key else plain
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in plain)
