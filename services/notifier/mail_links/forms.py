"""Reads the bodies that links are posted with: the one of RFC 8058, and the form of all settings."""

from collections.abc import Mapping, Sequence
from email import message_from_bytes
from email.message import Message
from urllib.parse import parse_qsl

import msgspec

from contracts.modules.mail_links import LinkedChange
from contracts.refusals import InvalidInput
from kit.validation import path_of

ONE_CLICK = b"List-Unsubscribe=One-Click"
LARGEST_FORM = 32 * 1024
MOST_FIELDS = 400
LARGEST_CLICK, LONGEST_TYPE = 2_000, 300
"""Bytes of a click and letters of its type: parts within parts take the parser long, and nobody has to sign in here."""
TOPIC = "topic."


def is_one_click(body: bytes, content_type: str) -> bool:
    """Return whether a body is the one that RFC 8058 has, as a form of either kind."""
    if len(body) > LARGEST_CLICK or len(content_type) > LONGEST_TYPE:
        return False
    if not content_type.lower().startswith("multipart/form-data"):
        return body.strip(b"\r\n") == ONE_CLICK
    head = f"Content-Type: {content_type}\r\n\r\n".encode("ascii", "replace")
    parts = message_from_bytes(head + body).get_payload()
    return isinstance(parts, list) and len(parts) == 1 and _says_so(parts[0])


def fields_of(body: bytes) -> Mapping[str, Sequence[str]]:
    """Return the values of a form by name, in their order; raise InvalidInput for what is none."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise InvalidInput("the form cannot be read") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def change_of(fields: Mapping[str, Sequence[str]]) -> LinkedChange:
    """Return the change that the form of all settings says; raise InvalidInput."""
    days, starts, ends = (fields.get(name, ()) for name in ("day", "start", "end"))
    if not len(days) == len(starts) == len(ends):
        raise InvalidInput("each quiet time has a day, a start and an end", ("quiet",))
    windows = [each for each in zip(days, starts, ends, strict=True) if each[1] or each[2]]
    if any(not (start and end) for _, start, end in windows):
        raise InvalidInput("a quiet time has both a start and an end, or neither", ("quiet",))
    pause = _last(fields, "pause")
    said = {
        "version": _last(fields, "version"),
        "channels": fields.get("channel", ()),
        "topics": {name.removeprefix(TOPIC): each[-1] for name, each in fields.items() if name.startswith(TOPIC)},
        "quiet": [{"day": day, "start": start[:5], "end": end[:5]} for day, start, end in windows],
        "pause_days": pause or None,
    }
    try:
        return msgspec.convert(said, LinkedChange, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput("the form holds what cannot be saved", path_of(error)) from None


def _last(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return fields.get(name, ("",))[-1]


def _says_so(part: object) -> bool:
    if not isinstance(part, Message):
        return False
    named = part.get_param("name", header="content-disposition") == "List-Unsubscribe"
    return named and str(part.get_payload()).strip() == "One-Click"
