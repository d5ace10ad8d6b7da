"""Standard Webhooks: the secrets that sign messages, and signatures over the bytes as they are sent."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable

PREFIX = "whsec_"
SHORTEST, LONGEST, NEW = 24, 64, 32
"""Bytes of a secret: at least, at most, and of one that is made here."""
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
"""The header fields of a signed message."""


class BadSecret(ValueError):
    """A secret that is not `whsec_` and the base64 of 24 to 64 bytes; the message does not quote it."""


def new_secret(random_bytes: Callable[[int], bytes]) -> str:
    """Return a new secret as receivers get it."""
    return PREFIX + base64.b64encode(random_bytes(NEW)).decode()


def signing_key(secret: str) -> bytes:
    """Return the bytes of a `whsec_…` secret; raise BadSecret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise BadSecret(f"a webhook secret is '{PREFIX}' and the base64 of {SHORTEST} to {LONGEST} random bytes")
    return key


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Return `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
