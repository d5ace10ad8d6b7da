"""Return paths of mails: each names the hash of its receiver's address, signed, so that no bounce can be forged."""

import base64
import binascii
import hashlib
import hmac
import re

from services.notifier.mail_addresses.suppressions import HASH_BYTES

DAY_S = 86_400.0
COUNTS_DAYS = 21
"""How long a bounce may take: mail servers give up after five days, and some say so late."""
MAC_BYTES = 8
TOKEN = re.compile(r"\+([a-z2-7]{42})@", re.IGNORECASE)


class ReturnPaths:
    """Makes and reads return paths beneath one address: `bounces@example.org` gets those of `bounces+TOKEN@…`."""

    def __init__(self, key: bytes, address: str) -> None:
        self._key = hmac.digest(key, b"notifier return paths", hashlib.sha256)
        self._local, _, self._domain = address.partition("@")

    def path(self, hashed: bytes, now: float) -> str:
        """Return the return path of a mail to the address with that hash."""
        said = hashed[:HASH_BYTES] + int(now // DAY_S).to_bytes(2, "big")
        token = base64.b32encode(said + self._mac(said)).rstrip(b"=").decode().lower()
        return f"{self._local}+{token}@{self._domain}"

    def hash_in(self, text: str, now: float) -> bytes | None:
        """Return the hash that a return path in a text names, None where none is ours or it is too old."""
        for found in TOKEN.findall(text[:10_000]):
            try:
                raw = base64.b32decode(found.upper() + "=" * (-len(found) % 8))
            except binascii.Error:
                continue
            said, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
            age = now // DAY_S - int.from_bytes(said[HASH_BYTES:], "big")
            if hmac.compare_digest(mac, self._mac(said)) and age + 1 >= 0 and age <= COUNTS_DAYS:
                return said[:HASH_BYTES]
        return None

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, hashlib.sha256)[:MAC_BYTES]
