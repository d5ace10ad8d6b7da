"""Seals secrets of connections, each under a data key of its own, bound to where it stands; keys wrap data keys."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.modules.sealing import Unreadable
from services.integrations.vault.encryption_keys import EncryptionKeys

FORMAT = b"\x01"
NONCE_BYTES, DATA_KEY_BYTES, ID_BYTES = 12, 32, 16
SHORTEST_WRAPPED = 1 + 1 + ID_BYTES + NONCE_BYTES + DATA_KEY_BYTES + 16


@dataclass(frozen=True)
class Place:
    """Where a secret stands, all of which it is bound to: what was sealed for one opens at no other."""

    user: str
    provider: str
    connection: str
    field: str


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret as stored: `kek` names the key that wraps its data key."""

    kek: str
    data_key: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """A wrapped data key, taken into its parts; the header names the key that wraps, and the data key."""

    kek: str
    id: bytes
    nonce: bytes
    wrapped: bytes

    @property
    def header(self) -> bytes:
        name = self.kek.encode()
        return FORMAT + bytes([len(name)]) + name + self.id

    @property
    def stored(self) -> bytes:
        return self.header + self.nonce + self.wrapped


class Vault:
    """Secrets under AES-256-GCM, with a random nonce at each write."""

    def __init__(self, keys: EncryptionKeys, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._keys, self._random_bytes = keys, random_bytes

    def seal(self, place: Place, secret: bytes) -> SealedSecret:
        """Return the secret under a new data key, wrapped by the newest key; raise Unavailable without one."""
        kek, data_key = self._keys.newest(), self._random_bytes(DATA_KEY_BYTES)
        unwrapped = _Wrapped(kek.id, self._random_bytes(ID_BYTES), self._random_bytes(NONCE_BYTES), b"")
        wrapped = AESGCM(kek.secret).encrypt(unwrapped.nonce, data_key, unwrapped.header)
        stored = _Wrapped(kek.id, unwrapped.id, unwrapped.nonce, wrapped).stored
        nonce = self._random_bytes(NONCE_BYTES)
        sealed = AESGCM(data_key).encrypt(nonce, secret, _bound_to(place, unwrapped.id))
        return SealedSecret(kek.id, stored, FORMAT + nonce + sealed)

    def open(self, place: Place, data_key: bytes, sealed: bytes) -> bytes:
        """Return the secret; raise Unreadable for one of another place, Unavailable where the key is missing."""
        read = _parts(data_key)
        if sealed[:1] != FORMAT:
            raise Unreadable("this secret has a format of another version")
        nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(self._unwrapped(read)).decrypt(nonce, text, _bound_to(place, read.id))
        except (InvalidTag, ValueError):
            raise Unreadable("this secret is damaged, or stands where it was not stored") from None

    def rewrap(self, data_key: bytes) -> tuple[str, bytes]:
        """Return the newest key's id and the data key wrapped by it; the secret itself is neither needed nor opened.

        A data key that it wraps already stays as it is. Raise Unreadable, Unavailable.
        """
        read, kek = _parts(data_key), self._keys.newest()
        if read.kek == kek.id:
            return kek.id, data_key
        new = _Wrapped(kek.id, read.id, self._random_bytes(NONCE_BYTES), b"")
        wrapped = AESGCM(kek.secret).encrypt(new.nonce, self._unwrapped(read), new.header)
        return kek.id, _Wrapped(kek.id, read.id, new.nonce, wrapped).stored

    def _unwrapped(self, read: _Wrapped) -> bytes:
        try:
            return AESGCM(self._keys.key(read.kek).secret).decrypt(read.nonce, read.wrapped, read.header)
        except InvalidTag:
            raise Unreadable("this data key is damaged, or was wrapped by another server's key") from None


def _bound_to(place: Place, data_key_id: bytes) -> bytes:
    """The associated data: everything that says whose secret it is, and none of what a rewrap changes."""
    said = [1, place.user, place.provider, place.connection, place.field, data_key_id.hex()]
    return msgspec.json.encode(said)


def _parts(stored: bytes) -> _Wrapped:
    length = stored[1] if len(stored) >= SHORTEST_WRAPPED and stored[:1] == FORMAT else -1
    ends = 2 + length
    if length < 0 or len(stored) != SHORTEST_WRAPPED + length:
        raise Unreadable("this data key is damaged")
    try:
        kek = stored[2:ends].decode("ascii")
    except UnicodeDecodeError:
        raise Unreadable("this data key is damaged") from None
    id_, rest = stored[ends : ends + ID_BYTES], stored[ends + ID_BYTES :]
    return _Wrapped(kek, id_, rest[:NONCE_BYTES], rest[NONCE_BYTES:])
