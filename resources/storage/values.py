"""What can be said of a value of any store by reading it in parts."""

import hashlib

from contracts.storage import Blobs

PART = 1 << 22


def sha256_value(blobs: Blobs, key: str) -> str | None:
    """Return the SHA-256 of a value's bytes as 64 hex digits, None without a value; few of them are in memory at once.

    Unlike a tag it is computed anew each time, from every byte.
    """
    digest, start = hashlib.sha256(), 0
    while data := blobs.get(key, start, PART):
        digest.update(data)
        start += len(data)
    return digest.hexdigest() if start or data is not None else None
