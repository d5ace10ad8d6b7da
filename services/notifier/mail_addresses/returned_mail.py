"""Reads a mail that came to the address of bounces, and suppresses whose mail came back or who complained."""

import re

import sqlalchemy as sa

from services.notifier.channels.mail.bounces import read_bounces, read_report
from services.notifier.mail_addresses.return_paths import ReturnPaths
from services.notifier.mail_addresses.suppressions import SuppressedFor, Suppressions

RECEIVED_BY = ("to", "delivered-to", "x-original-to", "envelope-to")
"""Fields that name the return path to which a bounce was sent."""
COMPLAINED_OF = re.compile(rb"^Original-Mail-From:\s*([!-~]{1,300})", re.IGNORECASE | re.MULTILINE)
"""The field of a report of abuse (RFC 5965) that names it."""


def take_returned(
    connection: sa.Connection, mail: bytes, paths: ReturnPaths, suppressions: Suppressions, now: float
) -> str:
    """Stop mail to the address that a returned mail is about, and return what it was in one word.

    `bounce` and `complaint` are suppressed; `later` failed for now only; `unknown` has no return path of ours, and
    `other` is no report. Whom a report names does not count: only the return path does, which nobody else can make.
    """
    read = read_report(mail)
    if read is None:
        return "other"
    kind = str(read.get_param("report-type") or "").lower()
    if kind == "feedback-report":
        named = b" ".join(COMPLAINED_OF.findall(mail)[:5]).decode("ascii")
        return _suppressed(connection, paths.hash_in(named, now), SuppressedFor.COMPLAINT, suppressions, now)
    failed = read_bounces(read)
    if not failed:
        return "other"
    if not any(each.for_good for each in failed):
        return "later"
    named = " ".join(str(value) for field in RECEIVED_BY for value in read.get_all(field, [])[:5])
    return _suppressed(connection, paths.hash_in(named, now), SuppressedFor.BOUNCE, suppressions, now)


def _suppressed(
    connection: sa.Connection, hashed: bytes | None, why: SuppressedFor, suppressions: Suppressions, now: float
) -> str:
    if hashed is None:
        return "unknown"
    suppressions.add(connection, hashed, why, now)
    return why.value
