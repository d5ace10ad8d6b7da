"""Key-encryption keys: versions as files or as given, the newest wraps the data keys of new secrets."""

import os
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contracts.refusals import Unavailable
from kit.key_files import write_key_file

KEY_FILE = re.compile(r"vault-([0-9]{14}-[0-9a-f]{8})\.key")
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """A key of 256 bits; ids grow with time."""

    id: str
    secret: bytes = field(repr=False)


class EncryptionKeys:
    """Keys as `vault-ID.key` under `folder`, mode 0600, and those that are `given`, which are newer, oldest first."""

    def __init__(
        self,
        folder: Path,
        given: Sequence[EncryptionKey] = (),
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._folder, self._random_bytes = folder, random_bytes
        self._given = {key.id: key for key in given}
        self._known: dict[str, EncryptionKey] = {}

    @property
    def are_given(self) -> bool:
        """Return whether new keys come from the operator, and none are made here."""
        return bool(self._given)

    def is_given(self, id_: str) -> bool:
        """Return whether the key of that id comes from the operator, and from no file."""
        return id_ in self._given

    def ids(self) -> list[str]:
        """Return the ids of all keys, oldest first; raise Unavailable where the folder cannot be read."""
        return [*self._files(), *self._given]

    def newest(self) -> EncryptionKey:
        """Return the key that wraps what is new; raise Unavailable without one."""
        ids = self.ids()
        if not ids:
            raise Unavailable("the vault has no key: tipbench keys make makes one")
        return self.key(ids[-1])

    def key(self, id_: str) -> EncryptionKey:
        """Return the key of that id; raise Unavailable where it is missing or none."""
        if id_ in self._given:
            return self._given[id_]
        if id_ not in self._known:
            try:
                secret = (self._folder / f"vault-{id_}.key").read_bytes()
            except OSError:
                raise Unavailable(f"the vault lacks its key {id_}: bring it back from the backup of keys") from None
            if len(secret) != KEY_BYTES:
                raise Unavailable(f"the vault's key {id_} is damaged: bring it back from the backup of keys")
            self._known[id_] = EncryptionKey(id_, secret)
        return self._known[id_]

    def make(self, now: float) -> EncryptionKey:
        """Make a key and return it, newest from now on; raise Unavailable where it cannot be written."""
        id_ = f"{int(now * 1000):014d}-{self._random_bytes(4).hex()}"
        write_key_file(self._folder, f"vault-{id_}.key", self._random_bytes(KEY_BYTES), self._random_bytes)
        return self.key(id_)

    def destroy(self, id_: str) -> None:
        """Delete the file of a key, if it is there; whoever calls saw to it that nothing is wrapped by it."""
        (self._folder / f"vault-{id_}.key").unlink(missing_ok=True)
        self._known.pop(id_, None)

    def _files(self) -> list[str]:
        try:
            found = [KEY_FILE.fullmatch(name) for name in os.listdir(self._folder)]  # noqa: PTH208  # at each secret
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Unavailable(f"the keys folder cannot be read: {type(error).__name__}") from None
        return sorted(match[1] for match in found if match)
