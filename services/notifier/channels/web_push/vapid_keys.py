"""Keys by which push services know this server (RFC 8292): one file each, the newest for new subscriptions."""

import base64
import hashlib
import logging
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from contracts.refusals import Unavailable
from kit.key_files import write_key_file
from services.notifier.channels.web_push.encryption import CURVE, point_of

logger = logging.getLogger(__name__)
KEY_FILE = re.compile(r"vapid-([0-9]{14}-[0-9a-f]{8})\.pem")
MOST_KEYS = 3
"""The newest one, and those of subscriptions that browsers have not renewed since."""
LIFE_S = 12 * 3600
"""Push services refuse tokens that live for more than a day."""


@dataclass(frozen=True, slots=True)
class VapidKey:
    """A P-256 key; `public` is what a page gives to `pushManager.subscribe` as its applicationServerKey."""

    kid: str
    public: str
    private: ec.EllipticCurvePrivateKey = field(repr=False, compare=False)

    @property
    def made_at(self) -> float:
        """Return when it was made, in Unix seconds, as its id begins."""
        return int(self.kid.partition("-")[0]) / 1000

    def authorization(self, origin: str, contact: str, now: float) -> str:
        """Return the Authorization header for a push service; `contact` is a mailto: or https: address of operators."""
        claims = {"aud": origin, "exp": int(now) + LIFE_S, "sub": contact}
        return f"vapid t={jwt.encode(claims, self.private, 'ES256')}, k={self.public}"


class VapidKeys:
    """Keys as `vapid-KID.pem` under `folder`, mode 0600; key ids grow with time."""

    def __init__(self, folder: Path, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._folder, self._random_bytes = folder, random_bytes
        self._known: dict[str, VapidKey | None] = {}

    def is_there(self) -> bool:
        """Return whether there is a key; raise Unavailable where the folder cannot be used."""
        return bool(self.all_keys())

    def all_keys(self) -> list[VapidKey]:
        """Return every key that signs, oldest first; raise Unavailable where the folder cannot be used.

        A file that was read is known by its name.
        """
        try:
            names = [name for name in os.listdir(self._folder) if KEY_FILE.fullmatch(name)]  # noqa: PTH208  # at each message
            for name in names:
                if name not in self._known:
                    self._known[name] = _parsed(name, (self._folder / name).read_bytes())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Unavailable(f"the keys folder cannot be read: {type(error).__name__}") from None
        return [key for name in sorted(names) if (key := self._known[name]) is not None]

    def current(self, now: float) -> VapidKey:
        """Return the newest key, made if there is none; raise Unavailable where the folder cannot be used."""
        found = self.all_keys()
        return found[-1] if found else self._make(now)

    def with_public(self, public: str) -> VapidKey | None:
        """Return the key that a browser subscribed with, None if it is no longer there."""
        return next((key for key in self.all_keys() if key.public == public), None)

    def rotate(self, now: float) -> VapidKey:
        """Make another key and return it; of the older ones the newest stay, for browsers that subscribed with them."""
        new = self._make(now)
        for key in self.all_keys()[:-MOST_KEYS]:
            (self._folder / f"vapid-{key.kid}.pem").unlink(missing_ok=True)
        return new

    def _make(self, now: float) -> VapidKey:
        kid = f"{int(now * 1000):014d}-{self._random_bytes(4).hex()}"
        private = ec.generate_private_key(CURVE)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_key_file(self._folder, f"vapid-{kid}.pem", pem, self._random_bytes)
        return _named(kid, private)


def _parsed(name: str, data: bytes) -> VapidKey | None:
    try:
        private = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        logger.warning("%s holds no key: %s", name, type(error).__name__)
        return None
    found = KEY_FILE.fullmatch(name)
    if found is None or not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != CURVE.name:
        return None
    return _named(found[1], private)


def _named(kid: str, private: ec.EllipticCurvePrivateKey) -> VapidKey:
    public = base64.urlsafe_b64encode(point_of(private.public_key())).rstrip(b"=").decode()
    return VapidKey(kid, public, private)


def topic_of(notice_id: str) -> str:
    """Return the Topic header of a notice: of two copies of it that wait at a push service the later one stays."""
    return base64.urlsafe_b64encode(hashlib.sha256(notice_id.encode()).digest())[:32].decode()
