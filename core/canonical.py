"""One byte form for a record, so that equal content has an equal hash wherever it was written."""

import hashlib
from typing import Any

import msgspec


def canonical(value: Any) -> bytes:
    """UTF-8 JSON of a record or plain value with sorted keys and no white space."""
    return msgspec.json.encode(value, order="sorted")


def content_hash(value: Any) -> str:
    """SHA-256 of `canonical(value)`, 64 lower-case hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
