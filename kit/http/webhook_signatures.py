"""Verifies Standard Webhooks signatures: over the raw bytes, in constant time, recent, by any valid secret."""

import hmac
import re
from collections.abc import Mapping, Sequence

from contracts.refusals import Refusal
from kit.signed_messages import SIGNED, signature

TOLERANCE_S = 300.0
_DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)


class BadSignature(Refusal):
    """A message without a recent, valid signature; the message does not say why."""

    code = "BAD_SIGNATURE"


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
