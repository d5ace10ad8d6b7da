"""Key-encryption keys: versions as files, wrapped or not, or as given; the newest wraps data keys of new secrets."""

import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contracts.refusals import Unavailable
from kit.key_files import write_key_file
from services.integrations.vault.key_service import KeyWrapping

KEY_FILE = re.compile(r"vault-([0-9]{14}-[0-9a-f]{8})\.(key|wrapped)")
KEY_BYTES = 32
UNWRAPPED_S, AWAY_S = 300.0, 5.0
"""How long a key that a service unwrapped is good, and how long one that failed is not asked for again."""


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """A key of 256 bits; ids grow with time."""

    id: str
    secret: bytes = field(repr=False)


class EncryptionKeys:
    """Keys as `vault-ID.key` under `folder`, mode 0600, and those that are `given`, which are newer, oldest first.

    With a `service` new ones are `vault-ID.wrapped`, newer than the rest of the files, which it alone unwraps: each is
    good for five minutes, then it is unwrapped again. `elapsed` gives seconds that no change of the clock touches.
    """

    def __init__(
        self,
        folder: Path,
        given: Sequence[EncryptionKey] = (),
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        service: KeyWrapping | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._random_bytes = folder, random_bytes
        self._service, self._elapsed = service, elapsed
        self._given = {key.id: key for key in given}
        self._known: dict[str, EncryptionKey] = {}
        self._unwrapped: dict[str, tuple[EncryptionKey, float]] = {}
        self._failed: dict[str, tuple[str, float]] = {}
        self._unwrapping = threading.Lock()

    @property
    def are_given(self) -> bool:
        """Return whether new keys come from the operator, and none are made here."""
        return bool(self._given)

    def is_given(self, id_: str) -> bool:
        """Return whether the key of that id comes from the operator, and from no file."""
        return id_ in self._given

    def by_service(self, id_: str) -> bool:
        """Return whether the key of that id is one that the service unwraps; raise Unavailable."""
        return self._service is not None and self._files().get(id_) == "wrapped"

    def of_no_service(self) -> list[str]:
        """Return the ids of keys that a service wrapped while none is named, oldest first; raise Unavailable."""
        wrapped = sorted(id_ for id_, kind in self._files().items() if kind == "wrapped")
        return [] if self._service is not None else wrapped

    def has_files(self) -> bool:
        """Return whether there is a key in the folder, wrapped by a service or not; raise Unavailable."""
        return bool(self._files())

    def ids(self) -> list[str]:
        """Return the ids of all keys, oldest first; raise Unavailable where the folder cannot be read."""
        files = [(kind == "wrapped", id_) for id_, kind in self._files().items()]
        return [*[id_ for wrapped, id_ in sorted(files) if self._service or not wrapped], *self._given]

    def newest(self) -> EncryptionKey:
        """Return the key that wraps what is new; raise Unavailable without one."""
        ids = self.ids()
        if not ids:
            raise Unavailable("the vault has no key: tipbench keys make makes one")
        return self.key(ids[-1])

    def key(self, id_: str) -> EncryptionKey:
        """Return the key of that id; raise Unavailable where it is missing or none, or its service does not answer."""
        if id_ in self._given:
            return self._given[id_]
        if id_ in self._known:
            return self._known[id_]
        if id_ in self._unwrapped:
            key, until = self._unwrapped[id_]
            if self._elapsed() < until:
                return key
        if (self._folder / f"vault-{id_}.wrapped").exists():
            return self._by_service(id_)
        self._known[id_] = EncryptionKey(id_, self._checked(id_, self._content(f"vault-{id_}.key", id_)))
        return self._known[id_]

    def make(self, now: float) -> EncryptionKey:
        """Make a key and return it, newest from now on; raise Unavailable where it cannot be wrapped or written."""
        id_, secret = f"{int(now * 1000):014d}-{self._random_bytes(4).hex()}", self._random_bytes(KEY_BYTES)
        if self._service is None:
            write_key_file(self._folder, f"vault-{id_}.key", secret, self._random_bytes)
        else:
            wrapped = self._service.wrap(id_, secret).encode()
            write_key_file(self._folder, f"vault-{id_}.wrapped", wrapped, self._random_bytes)
        return self.key(id_)

    def destroy(self, id_: str) -> None:
        """Delete the file of a key, if it is there; whoever calls saw to it that nothing is wrapped by it."""
        for kind in ("key", "wrapped"):
            (self._folder / f"vault-{id_}.{kind}").unlink(missing_ok=True)
        self._known.pop(id_, None)
        self._unwrapped.pop(id_, None)

    def _by_service(self, id_: str) -> EncryptionKey:
        """Return a key that the service unwraps, for one thread at a time; who waited gets what came of it."""
        with self._unwrapping:
            now = self._elapsed()
            if id_ in self._unwrapped and now < self._unwrapped[id_][1]:
                return self._unwrapped[id_][0]
            self._unwrapped.pop(id_, None)
            if id_ in self._failed and now < self._failed[id_][1]:
                raise Unavailable(self._failed[id_][0])
            try:
                key = EncryptionKey(id_, self._from_service(id_))
            except Unavailable as failed:
                self._failed[id_] = failed.message, self._elapsed() + AWAY_S
                raise
            self._failed.pop(id_, None)
            self._unwrapped[id_] = key, now + UNWRAPPED_S
            return key

    def _from_service(self, id_: str) -> bytes:
        if self._service is None:
            raise Unavailable(f"the vault's key {id_} is wrapped by a service: name it in [integrations.kms]")
        wrapped = self._content(f"vault-{id_}.wrapped", id_)
        try:
            text = wrapped.decode("ascii")
        except UnicodeDecodeError:
            raise _damaged(id_) from None
        return self._checked(id_, self._service.unwrap(id_, text))

    def _content(self, name: str, id_: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            raise Unavailable(f"the vault lacks its key {id_}: bring it back from the backup of keys") from None

    def _checked(self, id_: str, secret: bytes) -> bytes:
        if len(secret) != KEY_BYTES:
            raise _damaged(id_)
        return secret

    def _files(self) -> dict[str, str]:
        """The kinds of files by the ids of their keys."""
        try:
            found = [KEY_FILE.fullmatch(name) for name in os.listdir(self._folder)]  # noqa: PTH208  # at each secret
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Unavailable(f"the keys folder cannot be read: {type(error).__name__}") from None
        return {match[1]: match[2] for match in found if match}


def _damaged(id_: str) -> Unavailable:
    return Unavailable(f"the vault's key {id_} is damaged: bring it back from the backup of keys")
