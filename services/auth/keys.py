"""The signing keys of bearer tokens: one file a key in the home's keys folder, several at a time, each with an end."""

import logging
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from contracts.auth import AuthUnavailable

logger = logging.getLogger(__name__)
KEY_FILE = re.compile(r"jwt-([A-Za-z0-9-]{1,80})\.pem")


@dataclass(frozen=True)
class Key:
    """An Ed25519 key by its id; after `not_after`, Unix seconds, it verifies nothing. One with an end signs nothing."""

    kid: str
    private: Ed25519PrivateKey = field(repr=False)
    not_after: float | None


class KeyRing:
    """Keys as `jwt-KID.pem` under `folder`, mode 0600; a file `jwt-KID.until` beside one holds its end.

    The folder is read at every look-up, so that a key made or ended by another process counts at once. Key ids grow
    with time: the newest one without an end signs.
    """

    def __init__(self, folder: Path, chance: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._folder = folder
        self._chance = chance
        self._parsed: dict[tuple[str, int, int], Ed25519PrivateKey] = {}
        self._lock = Lock()

    def verifying(self, kid: str, now: float) -> Key | None:
        """The key of that id, None when it is unknown or has ended."""
        key = self._table().get(kid)
        return key if key is not None and (key.not_after is None or now < key.not_after) else None

    def signing(self, now: float) -> Key:
        """The newest key without an end; made when there is none."""
        with self._lock:
            lasting = [key for key in self._table().values() if key.not_after is None]
            return max(lasting, key=lambda key: key.kid) if lasting else self._make(now)

    def rotate(self, now: float, keep_s: float) -> Key:
        """Make a new signing key; the others verify for `keep_s` more, the longest life of a token and the leeway."""
        with self._lock:
            fresh = self._make(now)
            for key in self._table().values():
                if key.kid != fresh.kid and key.not_after is None:
                    self._write(f"jwt-{key.kid}.until", f"{now + keep_s:.0f}\n".encode())
            return fresh

    def _make(self, now: float) -> Key:
        kid = f"{int(now * 1000):014d}-{self._chance(4).hex()}"
        private = Ed25519PrivateKey.from_private_bytes(self._chance(32))
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._write(f"jwt-{kid}.pem", pem)
        return Key(kid, private, None)

    def _write(self, name: str, content: bytes) -> None:
        fresh = self._folder / f".{name}.{os.getpid()}.{self._chance(4).hex()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._folder / name)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise AuthUnavailable(f"the keys folder cannot be written: {type(error).__name__}") from None

    def _table(self) -> dict[str, Key]:
        try:
            keys = [self._read(path) for path in self._folder.iterdir() if KEY_FILE.fullmatch(path.name)]
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise AuthUnavailable(f"the keys folder cannot be read: {type(error).__name__}") from None
        return {key.kid: key for key in keys if key is not None}

    def _read(self, path: Path) -> Key | None:
        stat = path.stat()
        stamp = (path.name, stat.st_mtime_ns, stat.st_ino)
        private = self._parsed.get(stamp) or _parse(path)
        if private is None:
            return None
        self._parsed[stamp] = private
        kid = path.name.removeprefix("jwt-").removesuffix(".pem")
        return Key(kid, private, _end(path.with_name(f"jwt-{kid}.until")))


def _parse(path: Path) -> Ed25519PrivateKey | None:
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        logger.warning("%s holds no key: %s", path.name, type(error).__name__)
        return None
    return private if isinstance(private, Ed25519PrivateKey) else None


def _end(path: Path) -> float | None:
    """The end that the file names, none without a file; text that is no number ends the key at once."""
    try:
        return float(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except ValueError:
        return 0.0
