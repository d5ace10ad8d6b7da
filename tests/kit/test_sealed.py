from pathlib import Path

import msgspec
import pytest

from contracts.modules.sealing import Erased, Unreadable
from kit.sealed import SealedColumn
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys


class Note(msgspec.Struct, frozen=True):
    """What a row holds."""

    text: str


NOTES = SealedColumn("notes ", Note)
NOTE = Note("of Ada's own")


@pytest.fixture
def keys(tmp_path: Path) -> UserKeys:
    """A key store."""
    return UserKeys(UserKeyFile(tmp_path / "keys.db"), bytes(32))


def test_a_value_comes_back_as_its_own_type(keys: UserKeys) -> None:
    """And what stands in the column says nothing of it."""
    sealed = NOTES.seal(keys, "ada", "7", NOTE)
    assert b"Ada" not in sealed
    assert NOTES.open(keys, "ada", "7", sealed) == NOTE


def test_a_value_belongs_to_its_user_its_row_and_its_column(keys: UserKeys) -> None:
    """Moved to another of these it cannot be opened."""
    sealed = NOTES.seal(keys, "ada", "7", NOTE)
    NOTES.seal(keys, "bob", "7", NOTE)
    for user, row, column in (("bob", "7", NOTES), ("ada", "8", NOTES), ("ada", "7", SealedColumn("others ", Note))):
        with pytest.raises(Unreadable):
            column.open(keys, user, row, sealed)


def test_the_place_is_the_prefix_and_the_row(keys: UserKeys) -> None:
    """As it was before there were columns of it: what was sealed then is opened now."""
    assert NOTES.open(keys, "ada", "7", keys.seal("ada", "notes 7", b'{"text":"of Ada\'s own"}')) == NOTE


def test_of_an_erased_user_nothing_is_opened_or_sealed(keys: UserKeys) -> None:
    """Their key is gone for good."""
    sealed = NOTES.seal(keys, "ada", "7", NOTE)
    keys.destroy("ada")
    with pytest.raises(Erased):
        NOTES.open(keys, "ada", "7", sealed)
    with pytest.raises(Erased):
        NOTES.seal(keys, "ada", "8", NOTE)
