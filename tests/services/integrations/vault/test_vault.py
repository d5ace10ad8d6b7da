"""Secrets open where they were sealed and nowhere else, and keys change without any of them being opened."""

from dataclasses import replace
from pathlib import Path

import pytest

from contracts.modules.sealing import Unreadable
from contracts.refusals import Unavailable
from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.vault import Place, Vault

PLACE = Place("user-a", "icalendar", "connection-1", "grant")
SECRET = b"https://calendar.example/private-CANARY.ics"
NOW = 1_800_000_000.0


def _vault(folder: Path) -> tuple[EncryptionKeys, Vault]:
    keys = EncryptionKeys(folder)
    keys.make(NOW)
    return keys, Vault(keys)


def test_a_secret_opens_at_its_place_alone(tmp_path: Path) -> None:
    """Not as another user's, provider's or connection's, nor as another field."""
    _, vault = _vault(tmp_path)
    sealed = vault.seal(PLACE, SECRET)
    assert vault.open(PLACE, sealed.data_key, sealed.sealed) == SECRET
    assert b"CANARY" not in sealed.data_key + sealed.sealed
    for part in ("user", "provider", "connection", "field"):
        with pytest.raises(Unreadable):
            vault.open(replace(PLACE, **{part: "other"}), sealed.data_key, sealed.sealed)


def test_rows_cannot_be_exchanged(tmp_path: Path) -> None:
    """Neither the secret nor the data key of one opens with the other's; no write has the bytes of another."""
    _, vault = _vault(tmp_path)
    one, two = vault.seal(PLACE, SECRET), vault.seal(PLACE, SECRET)
    assert one.sealed != two.sealed
    for data_key, sealed in ((one.data_key, two.sealed), (two.data_key, one.sealed)):
        with pytest.raises(Unreadable):
            vault.open(PLACE, data_key, sealed)


def test_each_changed_byte_is_noticed(tmp_path: Path) -> None:
    """In the header, the wrapped key, the nonce or the secret, and whatever is cut off."""
    _, vault = _vault(tmp_path)
    sealed = vault.seal(PLACE, b"x")
    for at in range(len(sealed.data_key)):
        broken = sealed.data_key[:at] + bytes([sealed.data_key[at] ^ 1]) + sealed.data_key[at + 1 :]
        with pytest.raises((Unreadable, Unavailable)):
            vault.open(PLACE, broken, sealed.sealed)
    for at in range(len(sealed.sealed)):
        broken = sealed.sealed[:at] + bytes([sealed.sealed[at] ^ 1]) + sealed.sealed[at + 1 :]
        with pytest.raises(Unreadable):
            vault.open(PLACE, sealed.data_key, broken)
    for cut in (b"", sealed.sealed[:5], sealed.sealed[:-1]):
        with pytest.raises(Unreadable):
            vault.open(PLACE, sealed.data_key, cut)
    for cut in (b"", b"\x01\xff", sealed.data_key[:-1], sealed.data_key + b"x"):
        with pytest.raises(Unreadable):
            vault.open(PLACE, cut, sealed.sealed)


def test_a_rewrap_opens_no_secret(tmp_path: Path) -> None:
    """It takes the data key alone; afterwards the old key is needed no more, and a second one changes nothing."""
    keys, vault = _vault(tmp_path)
    sealed = vault.seal(PLACE, SECRET)
    new = keys.make(NOW + 1)
    kek, data_key = vault.rewrap(sealed.data_key)
    assert (kek, vault.rewrap(data_key)) == (new.id, (new.id, data_key))
    keys.destroy(sealed.kek)
    assert vault.open(PLACE, data_key, sealed.sealed) == SECRET
    with pytest.raises(Unavailable, match="lacks its key"):
        vault.open(PLACE, sealed.data_key, sealed.sealed)


def test_keys_are_files_of_their_owner(tmp_path: Path) -> None:
    """Ids grow with time, a damaged or missing file is said, and no text of a key shows it."""
    keys = EncryptionKeys(tmp_path / "keys")
    assert keys.ids() == []
    with pytest.raises(Unavailable, match="no key"):
        keys.newest()
    first, second = keys.make(NOW), keys.make(NOW + 1)
    assert (keys.ids(), keys.newest()) == ([first.id, second.id], second)
    file = tmp_path / "keys" / f"vault-{first.id}.key"
    assert (file.stat().st_mode & 0o777, len(file.read_bytes())) == (0o600, 32)
    assert first.secret.hex() not in repr(first)
    assert repr(first.secret) not in repr(first)
    file.write_bytes(b"short")
    with pytest.raises(Unavailable, match="damaged"):
        EncryptionKeys(tmp_path / "keys").key(first.id)
