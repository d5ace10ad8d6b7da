"""Keys of the vault that an operator gives by a variable of the environment."""

import base64
import binascii
import re
from collections.abc import Callable

from core.expected_error import OperatorError
from services.integrations.settings import IntegrationsTable
from services.integrations.vault.encryption_keys import KEY_BYTES, EncryptionKey

KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SHAPE = "write ID:BASE64 of 32 bytes each, oldest first, with commas between them"


class BadVaultKeys(OperatorError):
    """The variable that the settings name holds no keys of the vault; the message shows none of it."""


def given_keys(table: IntegrationsTable, variable: Callable[[str], str | None]) -> tuple[EncryptionKey, ...]:
    """Return the keys that the settings' variable holds, oldest first; raise BadVaultKeys for what are none.

    None where the settings name no variable.
    """
    name = table.vault_keys_env
    if name is None:
        return ()
    text = variable(name)
    if not text:
        raise BadVaultKeys(f"integrations.vault_keys_env names {name}, which is not set: {SHAPE}")
    keys = tuple(_key_of(part.strip(), name) for part in text.split(","))
    if len({key.id for key in keys}) < len(keys):
        raise BadVaultKeys(f"{name} names a key of the vault twice: {SHAPE}")
    return keys


def _key_of(part: str, name: str) -> EncryptionKey:
    id_, _, text = part.partition(":")
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not KEY_ID.fullmatch(id_) or len(secret) != KEY_BYTES:
        raise BadVaultKeys(f"{name} holds no keys of the vault: {SHAPE}")
    return EncryptionKey(id_, secret)
