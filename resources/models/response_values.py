"""Reads texts and counts out of a model server's decoded JSON, in the several shapes that servers send."""

from typing import Any


def text_of(value: Any) -> str | None:
    """Return a text, or the joined text parts of a list; None if there is none. Reasoning parts are no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return text_of(value.get("text")) if value.get("type", "text") in {"text", "output_text"} else None
    if isinstance(value, list):
        parts = [part for each in value if (part := text_of(each)) is not None]
        return "".join(parts) if parts else None
    return None


def reasoning_of(value: Any) -> str | None:
    """Return the reasoning among the parts of a content, or None if there is none."""
    if not isinstance(value, list):
        return None
    parts = [each for each in value if isinstance(each, dict) and each.get("type") in {"reasoning", "thinking"}]
    found = [text for each in parts for name in ("text", "thinking", "reasoning") if (text := text_of(each.get(name)))]
    return "".join(found) or None


def count_of(value: Any, most: int) -> int | None:
    """Return a count below `most` as servers write it, 40, 40.0 or "40"; None for anything else."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:20])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < most and value == int(value) else None
