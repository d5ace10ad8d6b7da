"""Which users a new policy draws for while it is on trial: by a hash, so that nobody changes parts from day to day."""

import hashlib

PURPOSE = b"tipbench canary 1"
BITS = 53
"""What a double holds exactly."""


def in_canary(user: str, label: str, share: float) -> bool:
    """Return whether a user is among the `share` of users, from 0 to 1, of the trial under that label.

    Who is among a share is among every larger one. The same user, label and share give the same on every machine, and
    parts of other labels are independent.
    """
    text = b"\0".join((PURPOSE, label.encode(), user.encode()))
    return (int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> (64 - BITS)) / (1 << BITS) < share
