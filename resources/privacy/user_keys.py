"""Seals payloads with users' keys, which lie in a store of their own, each wrapped by a key of the server."""

import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from contracts.modules.sealing import Erased, Unreadable, UserKeyStore
from resources.home import Home
from resources.privacy.user_key_file import UserKeyFile

KEY, NONCE, FORMAT, DIGITS = 32, 12, b"\x01", 32


class UserKeys:
    """Implements contracts.modules.sealing.Sealer and Pseudonyms.

    AES-256-GCM with a new 96-bit nonce each time and the place as associated data; pseudonyms are HMACs under a key
    derived from the user's. Nothing is cached between calls, so a key destroyed by another process is unusable at once.
    Of an erased user a keyed hash stays, so that a late event makes no new key.
    """

    def __init__(
        self, store: UserKeyStore, wrapping_key: bytes, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._store, self._wrapping_key, self._random_bytes = store, wrapping_key, random_bytes

    def seal(self, user: str, place: str, plain: bytes) -> bytes:
        """Return format, nonce and ciphertext, making the user's key at first use; raise Erased."""
        nonce = self._random_bytes(NONCE)
        key = self._find(user) or self._make(user)
        return FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, _bound(user, place))

    def open(self, user: str, place: str, sealed: bytes) -> bytes:
        """Return what was sealed; raise Erased, or Unreadable for bytes of another user, place or format."""
        key = self._find(user)
        if key is None:
            if self._store.is_destroyed(self._hash(user)):
                raise Erased("the key of this user was destroyed")
            raise Unreadable("there is no key for what was given")
        if sealed[:1] != FORMAT:
            raise Unreadable("what was given is not sealed in a known form")
        try:
            return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], _bound(user, place))
        except (InvalidTag, ValueError):
            raise Unreadable("what was given was not sealed for this user and place") from None

    def pseudonym(self, user: str, purpose: str) -> str:
        """Return 32 hex digits, the HMAC of `purpose` under a key derived from the user's; raise Erased."""
        key = self._find(user) or self._make(user)
        own = _keyed(key, b"pseudonyms")
        return _keyed(own, _bound(user, purpose))[: DIGITS // 2].hex()

    def destroy(self, user: str) -> bool:
        """Delete the user's key from its store; return whether there was one; raise TimeoutError."""
        return self._store.destroy(user, self._hash(user))

    def close(self) -> None:
        """Close what this thread has open in the store."""
        self._store.close()

    def _find(self, user: str) -> bytes | None:
        wrapped = self._store.find(user)
        return None if wrapped is None else self._unwrap(user, wrapped)

    def _make(self, user: str) -> bytes:
        new, nonce = self._random_bytes(KEY), self._random_bytes(NONCE)
        wrapped = nonce + AESGCM(self._wrapping_key).encrypt(nonce, new, _bound(user, "key"))
        return self._unwrap(user, self._store.add(user, self._hash(user), wrapped))

    def _unwrap(self, user: str, wrapped: bytes) -> bytes:
        try:
            return AESGCM(self._wrapping_key).decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound(user, "key"))
        except InvalidTag:
            raise Unreadable("the key store belongs to another key of the server") from None

    def _hash(self, user: str) -> bytes:
        return _keyed(self._wrapping_key, _bound(user, "erased"))


def open_user_keys(home: Home, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> UserKeys:
    """Return the home's key store, wrapped by a key of the home's keys folder."""
    return UserKeys(UserKeyFile(home.root / "user-keys" / "keys.db"), home.secret("user-keys"), random_bytes)


def _keyed(key: bytes, message: bytes) -> bytes:
    keyed = HMAC(key, SHA256())
    keyed.update(message)
    return keyed.finalize()


def _bound(user: str, place: str) -> bytes:
    return f"{len(user)}:{user}:{place}".encode()
