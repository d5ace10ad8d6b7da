"""Reads bounces as RFC 3464 has them: who could not be reached, and whether it is for good."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

import msgspec

from services.notifier.channels.mail.message import BadMail, read_address

LARGEST = 1 << 20
"""The most bytes of a mail that is read as a bounce."""
MOST_RECIPIENTS = 100
MOST_PARTS, MOST_BOUNDARIES, LONGEST_FIELD = 50, 1_000, 2_000
"""Parts with a type, lines that may be boundaries, and bytes of a field: the parser takes long for more, or fails."""
_TYPES = re.compile(rb"(?:\A|[\r\n])content-type:(?:[^\r\n]|[\r\n]{1,2}[ \t])*", re.IGNORECASE)
_BOUNDARIES = re.compile(rb"(?:\A|[\r\n])--")


class Bounce(msgspec.Struct, frozen=True):
    """One receiver of a bounced mail; `for_good` says that the address will not take a later one either."""

    address: str
    for_good: bool


def read_report(mail: bytes) -> Message | None:
    """Return a mail that is a report, whose reading is bounded whoever made it; None for any other one."""
    if len(mail) > LARGEST or _beyond(_BOUNDARIES.finditer(mail), MOST_BOUNDARIES):
        return None
    types = list(_TYPES.finditer(mail))
    if len(types) > MOST_PARTS or any(len(each[0]) > LONGEST_FIELD for each in types):
        return None
    read = message_from_bytes(mail)
    return read if read.get_content_type() == "multipart/report" else None


def read_bounces(report: Message) -> tuple[Bounce, ...]:
    """Return the receivers that a delivery report says have failed, none for another report."""
    reports = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    fields = [group for part in reports for group in part.get_payload() if isinstance(group, Message)]
    found = (_bounce(group) for group in fields[:MOST_RECIPIENTS])
    return tuple(bounce for bounce in found if bounce is not None)


def _beyond(found: Iterator[object], most: int) -> bool:
    return any(number > most for number, _ in enumerate(found, 1))


def _bounce(fields: Message) -> Bounce | None:
    named = str(fields.get("Original-Recipient") or fields.get("Final-Recipient") or "")[:LONGEST_FIELD]
    kind, _, address = named.partition(";")
    if kind.strip().lower() != "rfc822" or str(fields.get("Action", "")).strip().lower() != "failed":
        return None
    try:
        return Bounce(read_address(address.strip().strip("<>")), str(fields.get("Status", "")).strip().startswith("5."))
    except BadMail:
        return None
