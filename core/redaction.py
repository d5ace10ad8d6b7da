"""Takes secrets out of text that may be written down: queries, tokens, cookies, addresses of people."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

LONGEST = 2_000
"""Characters that are looked at; the rest is cut off, so that no text is slow to read."""
DEEPEST = 4
SHORTEST_SECRET = 8
"""Characters that a configured secret has at least where it is taken out of text: a shorter one may be a word."""
HIDDEN = "…"
_RULES = (
    (re.compile(r"://[^/\s@]{1,200}@"), f"://{HIDDEN}@"),
    (re.compile(r"(/uploads/)[^/?#\s{]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\?[^\s\"'<>?]*=[^\s\"'<>]*"), f"?{HIDDEN}"),
    (re.compile(r"(/auth/[a-z-]{1,20}#)\S+"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(Bearer|Basic|Digest)\s+\S{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"\b((?:set-)?cookie|authorization|[a-z_-]{0,30}token|[a-z_-]{0,30}secret|passw(?:or)?d|api[_-]?key|id_token)"
            r"(\"?'?\s{0,3}[:=]\s{0,3})(?:\"[^\"]*\"|'[^']*'|[^\s,;&]+)",
            re.IGNORECASE,
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*"), HIDDEN),
    (re.compile(r"\bwhsec_\S+"), f"whsec_{HIDDEN}"),
    (re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}\.[A-Za-z0-9.-]{1,190}"), HIDDEN),
    (re.compile(r"[A-Za-z0-9_+/=-]{40,}"), HIDDEN),
)
_PERHAPS = re.compile(r"[@?=:#\s]|eyJ|whsec_|/uploads/|[A-Za-z0-9_+/-]{40}")
"""What each of the rules needs at least: most text that is logged, names and templates of paths, has none of it."""
_SECRET = re.compile(r"authorization|cookie|token|secret|passw|api[_-]?key|query|body|email", re.IGNORECASE)


def redacted(text: str) -> str:
    """Return the text cut to `LONGEST`, with `…` for what looks like a secret, a query or a person's address."""
    if len(text) <= LONGEST and _PERHAPS.search(text) is None:
        return text
    found = text[:LONGEST]
    for pattern, instead in _RULES:
        found = pattern.sub(instead, found)
    return found if len(text) <= LONGEST else found + HIDDEN


def redacted_fields(fields: Mapping[str, Any], deep: int = 0) -> dict[str, Any]:
    """Return fields for a log: text redacted, values whose name suggests a secret or that nest too deep hidden."""
    return {name: HIDDEN if _is_secret(name) else _value(value, deep) for name, value in fields.items()}


@lru_cache(maxsize=256)
def _is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None


def _value(value: Any, deep: int) -> Any:
    if isinstance(value, str):
        plain = len(value) < 40 and value.isalnum() and not value.startswith("eyJ")  # an id: no pattern can match
        return value if plain else redacted(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if deep >= DEEPEST:
        return HIDDEN
    if isinstance(value, Mapping):
        return redacted_fields({str(name): each for name, each in value.items()}, deep + 1)
    if isinstance(value, list | tuple):
        return [_value(each, deep + 1) for each in value]
    return type(value).__name__


def exact_secrets(values: Iterable[str | None]) -> tuple[str, ...]:
    """Return the values that are long enough to be taken out of text, each once, the longest first."""
    found = {value for value in values if value is not None and len(value) >= SHORTEST_SECRET}
    return tuple(sorted(found, key=lambda secret: (-len(secret), secret)))


def without_secrets(text: str, secrets: Sequence[str]) -> str:
    """Return text from outside with `…` for each of these very values; nothing else is changed."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def bytes_without_secrets(data: bytes, secrets: Sequence[str]) -> bytes:
    """Return the bytes of a file, in UTF-8 or UTF-16, with `…` for each secret, also as JSON writers escape it."""
    encodings = ("utf-8", "utf-16-le", "utf-16-be") if 0 in data[:LONGEST] else ("utf-8",)
    for secret in secrets:
        quoted = json.dumps(secret)[1:-1]
        for form in dict.fromkeys((secret, quoted, quoted.replace("/", "\\/"))):
            for encoding in encodings:
                data = _replaced(data, form.encode(encoding), HIDDEN.encode(encoding), 1 if encoding == "utf-8" else 2)
    return data


def _replaced(data: bytes, old: bytes, new: bytes, width: int) -> bytes:
    """Replace what begins between two characters, which are `width` bytes wide at least."""
    pieces, start, at = [], 0, data.find(old)
    while at >= 0:
        if at % width == 0:
            pieces += [data[start:at], new]
            start = at + len(old)
        at = data.find(old, max(at + 1, start))
    return b"".join([*pieces, data[start:]]) if pieces else data
