"""Reads the parts that the files of several tools have in common: messages, metrics, numbers, names."""

import re
from typing import Any

import msgspec

_ROLES = ("user", "human")
_GRADES = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}


def first(row: dict[str, Any], *names: str) -> Any:
    """Return the first value among `names` that is neither missing, None nor empty; else None."""
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def mapping(value: Any) -> dict[str, Any]:
    """Return `value` where it is an object, also one spelled as JSON in a cell, else an empty one."""
    value = decoded(value)
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """Return `value` where it is a list, also one spelled as JSON in a cell, else an empty one."""
    value = decoded(value)
    return value if isinstance(value, list) else []


def decoded(value: Any) -> Any:
    """Return the object or list that a text spells as JSON, any other value as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        found = msgspec.json.decode(value.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return value
    return found if isinstance(found, dict | list) else value


def content(value: Any) -> str | None:
    """Return the text of a message: a string, a message, a list of parts or of choices; None where there is none."""
    value = decoded(value)
    if isinstance(value, str):
        return value or None
    if isinstance(value, list):
        texts = [text for text in map(content, value) if text]
        return "\n".join(texts) or None
    if isinstance(value, dict):
        if value.get("type") in {"reasoning", "thinking"}:
            return None
        return content(first(value, "content", "text", "message", "completion", "output", "choices"))
    return None


def user_text(value: Any) -> Any:
    """Return what a user wrote: the text of the users' messages in a list of messages, else the value as it is."""
    value = decoded(value)
    messages = value.get("messages") if isinstance(value, dict) else value
    if isinstance(messages, list) and messages and all(isinstance(m, dict) and "role" in m for m in messages):
        own = [content(message) for message in messages if message["role"] in _ROLES]
        return "\n".join(text for text in own if text) or content(messages)
    return value


def scenario(value: Any) -> Any:
    """Return a scenario, an object or a text; other values as JSON."""
    value = user_text(value)
    return value if isinstance(value, dict | str) or value is None else msgspec.json.encode(value).decode()


def metric(value: Any) -> Any:
    """Return a metric's value: a number, a boolean, None, or a text that says one of them; letters C, I, P, N count."""
    if isinstance(value, str):
        return _GRADES.get(value, value)
    return value if value is None or isinstance(value, bool | int | float) else None


def judge_id(name: str, default: str) -> str:
    """Return `name` as a judge's id, which holds letters, digits and . _ - only."""
    found = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:63]
    return found or default


def number(value: Any) -> float | None:
    """Return a number that a field states, also as text; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def milliseconds(seconds: Any) -> float | None:
    """Return seconds as milliseconds, None where they are not known."""
    known = number(seconds)
    return None if known is None else known * 1000
