"""What a key may be."""

import re

PART = r"[^./\\\x00-\x1f\x7f\ud800-\udfff][^/\\\x00-\x1f\x7f\ud800-\udfff]*"
KEY, _WHOLE = re.compile(rf"{PART}(/{PART})*"), re.compile(PART)
"""Names that begin with a dot are the store's own: temporary files, what is being deleted."""


def checked(key: str) -> str:
    """Return the key; raise ValueError if it is none, which is a defect of the caller."""
    if KEY.fullmatch(key) is None:
        raise ValueError(f"{key!r} is no key of a store")
    return key


def is_part(name: str) -> bool:
    """Return whether a name may stand between two slashes of a key."""
    return _WHOLE.fullmatch(name) is not None
