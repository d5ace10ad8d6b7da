"""Reads bounces as RFC 3464 has them: who could not be reached, and whether it is for good."""

from email import message_from_bytes
from email.message import Message
from email.policy import default

import msgspec

from services.notifier.channels.mail.message import BadMail, read_address

LARGEST = 1 << 20
"""The most bytes of a mail that is read as a bounce."""
MOST_RECIPIENTS = 100


class Bounce(msgspec.Struct, frozen=True):
    """One receiver of a bounced mail; `for_good` says that the address will not take a later one either."""

    address: str
    for_good: bool


def read_bounces(mail: bytes) -> tuple[Bounce, ...]:
    """Return the receivers that a delivery report says have failed, none for any other or too large mail."""
    if len(mail) > LARGEST:
        return ()
    read = message_from_bytes(mail, policy=default)
    if read.get_content_type() != "multipart/report":
        return ()
    reports = [part for part in read.walk() if part.get_content_type() == "message/delivery-status"]
    fields = [group for part in reports for group in part.get_payload() if isinstance(group, Message)]
    found = (_bounce(group) for group in fields[:MOST_RECIPIENTS])
    return tuple(bounce for bounce in found if bounce is not None)


def _bounce(fields: Message) -> Bounce | None:
    kind, _, address = str(fields.get("Original-Recipient") or fields.get("Final-Recipient") or "").partition(";")
    if kind.strip().lower() != "rfc822" or str(fields.get("Action", "")).strip().lower() != "failed":
        return None
    try:
        return Bounce(read_address(address.strip().strip("<>")), str(fields.get("Status", "")).strip().startswith("5."))
    except BadMail:
        return None
