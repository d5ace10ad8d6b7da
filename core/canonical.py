"""One byte form for a record, so that equal content has an equal hash wherever it was written."""

import hashlib
from typing import Any

import msgspec


def canonical(value: Any) -> bytes:
    """Return a record or plain value as UTF-8 JSON with sorted keys and no white space."""
    return msgspec.json.encode(value, order="sorted")


def content_hash(value: Any) -> str:
    """Return the SHA-256 of `canonical(value)` as 64 lower-case hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
