"""What a key may be, and the keys of a log's segments."""

import re

PART = r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*"
KEY = re.compile(rf"{PART}(/{PART})*")
"""Names that begin with a dot are the store's own: temporary files, what is being deleted."""


def checked(key: str) -> str:
    """Return the key; raise ValueError if it is none, which is a defect of the caller."""
    if KEY.fullmatch(key) is None:
        raise ValueError(f"{key!r} is no key of a store")
    return key


def segment_key(key: str, start: int) -> str:
    """Return the key of the segment that begins at the byte `start` of the log; the first one has the log's own."""
    return f"{key}.{start:020d}" if start else key
