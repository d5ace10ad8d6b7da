"""The signing keys of bearer tokens: one file each in the home's keys folder, with a begin and an end."""

import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from contracts.refusals import Unavailable
from kit.key_files import write_key_file

logger = logging.getLogger(__name__)
KEY_FILE = re.compile(r"jwt-([A-Za-z0-9-]{1,80})\.pem")
RECHECK_S = 1.0


@dataclass(frozen=True)
class Key:
    """An Ed25519 key: it signs from `signs_from` and verifies until `not_after`, both Unix seconds.

    A key with an end signs only while its successor may not sign yet.
    """

    kid: str
    private: Ed25519PrivateKey = field(repr=False)
    not_after: float | None
    signs_from: float = 0.0


class _KeyFile(NamedTuple):
    """A file as it was read at a moment of the ring's clock: the SHA-256 of its bytes, and the key if it holds one."""

    sha256: bytes
    private: Ed25519PrivateKey | None
    read_at: float


class KeyRing:
    """Keys as `jwt-KID.pem` under `folder`, mode 0600; `jwt-KID.from` and `jwt-KID.until` hold when it begins and ends.

    The folder is listed at every look-up, so that a key made or ended by another process counts at once. A key that was
    read is known by its id, which no other one gets, and its file is read again after `RECHECK_S`: other bytes are
    another key. Key ids grow with time: the newest one without an end signs.

    `clock` gives seconds that only grow.
    """

    def __init__(
        self,
        folder: Path,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._random_bytes, self._clock = folder, random_bytes, clock
        self._known: dict[str, _KeyFile] = {}
        self._lock = Lock()

    def verifying(self, kid: str, now: float) -> Key | None:
        """Return the key with that id, None if it is unknown or has ended."""
        key = self._table().get(kid)
        return key if key is not None and (key.not_after is None or now < key.not_after) else None

    def signing(self, now: float) -> Key:
        """Return the newest key without an end that may sign now; make one if there is none.

        While a successor's begin lies ahead, the key with an end still signs.
        """
        with self._lock:
            keys = self._table().values()
            begun = [key for key in keys if now >= key.signs_from and (key.not_after is None or now < key.not_after)]
            lasting = [key for key in begun if key.not_after is None]
            waiting = any(key.not_after is None and now < key.signs_from for key in keys)
            usable = lasting or (begun if waiting else [])
            return max(usable, key=lambda key: key.kid) if usable else self._make(now)

    def published(self, now: float) -> list[Key]:
        """Return every key that verifies now or later, oldest first."""
        return sorted(
            (key for key in self._table().values() if key.not_after is None or now < key.not_after),
            key=lambda key: key.kid,
        )

    def rotate(self, now: float, keep_s: float, wait_s: float = 0.0) -> Key:
        """Add a key that is published now and signs in `wait_s` seconds; the others verify `keep_s` longer than that.

        `wait_s` covers what verifiers cache, `keep_s` the longest life of a token and the leeway.
        """
        with self._lock:
            others = [key for key in self._table().values() if key.not_after is None]
            new = self._make(now, now + wait_s if wait_s else 0.0)
            for key in others:
                self._write(f"jwt-{key.kid}.until", f"{now + wait_s + keep_s:.0f}\n".encode())
            return new

    def _make(self, now: float, signs_from: float = 0.0) -> Key:
        kid = f"{int(now * 1000):014d}-{self._random_bytes(4).hex()}"
        private = Ed25519PrivateKey.from_private_bytes(self._random_bytes(32))
        if signs_from:  # before the key itself, so that nobody signs with it too early
            self._write(f"jwt-{kid}.from", f"{signs_from:.0f}\n".encode())
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._write(f"jwt-{kid}.pem", pem)
        return Key(kid, private, None, signs_from)

    def _write(self, name: str, content: bytes) -> None:
        write_key_file(self._folder, name, content, self._random_bytes)

    def _table(self) -> dict[str, Key]:
        try:
            names = frozenset(os.listdir(self._folder))  # noqa: PTH208  # a third of what paths cost, at every request
            keys = [self._read(found[1], names) for name in names if (found := KEY_FILE.fullmatch(name))]
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Unavailable(f"the keys folder cannot be read: {type(error).__name__}") from None
        return {key.kid: key for key in keys if key is not None}

    def _read(self, kid: str, names: frozenset[str]) -> Key | None:
        known, now = self._known.get(kid), self._clock()
        first = until = None
        if known is None or f"jwt-{kid}.from" in names:  # written before the key: a list may have missed it once
            first = _moment(self._folder / f"jwt-{kid}.from", damaged=float("inf"))
        if f"jwt-{kid}.until" in names:
            until = _moment(self._folder / f"jwt-{kid}.until", damaged=0.0)
        if known is None or now - known.read_at >= RECHECK_S:
            try:
                data = (self._folder / f"jwt-{kid}.pem").read_bytes()
            except FileNotFoundError:  # deleted since the folder was listed: the others count on
                return None
            digest = hashlib.sha256(data).digest()
            same = known is not None and known.sha256 == digest
            private = known.private if known is not None and same else _parse(f"jwt-{kid}.pem", data)
            known = self._known[kid] = _KeyFile(digest, private, now)
        return None if known.private is None else Key(kid, known.private, until, first or 0.0)


def _parse(name: str, data: bytes) -> Ed25519PrivateKey | None:
    try:
        private = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        logger.warning("%s holds no key: %s", name, type(error).__name__)
        return None
    return private if isinstance(private, Ed25519PrivateKey) else None


def _moment(path: Path, damaged: float) -> float | None:
    """The moment that the file names, none without a file; text that is no number is the safe one."""
    try:
        return float(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except ValueError:
        return damaged
