"""Verifies Standard Webhooks signatures: over the raw bytes, in constant time, recent, by any valid secret."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from contracts.refusals import Refusal

TOLERANCE_S = 300.0
PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
"""The header fields of a signed message."""
_DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)


class BadSignature(Refusal):
    """A message without a recent, valid signature; the message does not say why."""

    code = "BAD_SIGNATURE"


class BadSecret(ValueError):
    """A secret that is not `whsec_` and the base64 of 24 to 64 bytes; the message does not quote it."""


def signing_key(secret: str) -> bytes:
    """Return the bytes of a `whsec_…` secret."""
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


def verify(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Return the id of a signed message.

    Raise BadSignature if it is unsigned, more than five minutes old or ahead, or signed with another key. Every
    signature is compared with every key's, so that the time taken reveals nothing.
    """
    message_id, timestamp, signatures = (headers.get(name, "") for name in SIGNED)
    given = [part.encode("utf-8", "replace") for part in signatures.split(" ")][:16]
    if not message_id or not _DIGITS.fullmatch(timestamp) or abs(now - int(timestamp)) > TOLERANCE_S:
        raise _bad_signature()
    wanted = [signature(key, message_id, timestamp, body).encode() for key in keys]
    matches = [hmac.compare_digest(one, other) for one in given for other in wanted]
    if not any(matches):
        raise _bad_signature()
    return message_id


def _bad_signature() -> BadSignature:
    return BadSignature("the signature does not hold, or the message is not fresh")
