"""Tokens of the links in mails: what they say is sealed and authenticated by a key of the module, and never stored."""

import base64
import binascii
import hashlib
import hmac
from enum import StrEnum

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from contracts.refusals import NotFound

VERSION = 1
"""The first byte of every token: what another one means is for a later version to know."""
LONGEST = 1_000


class LinkPurpose(StrEnum):
    """What a link is for; a token for one purpose is nothing for another."""

    UNSUBSCRIBE = "unsubscribe"
    SETTINGS = "settings"
    CONFIRM = "confirm"


class MailLink(msgspec.Struct, frozen=True, array_like=True):
    """What a token says: whose link it is, about what, and until when it counts (Unix seconds), 0 for always.

    `about` is a topic, empty for all of them, or the id of a confirmation. `settings_until` is how long the link to all
    settings counts that stood in the same mail.
    """

    purpose: LinkPurpose
    user: str
    about: str = ""
    until: int = 0
    settings_until: int = 0


class UnknownLink(NotFound):
    """A link that is none of ours, is for something else, or does not count any more."""


class LinkTokens:
    """Makes and reads tokens with a key of 32 bytes, which must live as long as the mails that hold them.

    A token is the same each time for the same link (AES-SIV), so that two copies of a mail are equal.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(hmac.digest(key, b"notifier links", hashlib.sha256))

    def token(self, link: MailLink) -> str:
        """Return the token of a link: letters, digits, `-` and `_`, of which nobody else can read anything."""
        sealed = self._cipher.encrypt(msgspec.msgpack.encode(link), [bytes([VERSION])])
        return base64.urlsafe_b64encode(bytes([VERSION]) + sealed).rstrip(b"=").decode("ascii")

    def opened(self, token: str, purpose: LinkPurpose, now: float) -> MailLink:
        """Return what a token for that purpose says; raise UnknownLink for every other text."""
        try:
            raw = base64.b64decode(token[:LONGEST] + "=" * (-len(token) % 4), b"-_", validate=True)
            if raw[:1] != bytes([VERSION]):
                raise _unknown()
            link = msgspec.msgpack.decode(self._cipher.decrypt(raw[1:], [raw[:1]]), type=MailLink)
        except (binascii.Error, ValueError, InvalidTag, msgspec.DecodeError):
            raise _unknown() from None
        if link.purpose is not purpose or 0 < link.until < now:
            raise _unknown()
        return link


def _unknown() -> UnknownLink:
    return UnknownLink("this link does not count: open it from the mail again, or from a newer one", ("token",))
