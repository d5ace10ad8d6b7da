import threading
from pathlib import Path

import pytest

from contracts.modules.sealing import Erased, Unreadable
from resources.home import Home
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys, open_user_keys
from tests.deadline import DEADLINE_S


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "keys.db"


def test_what_is_sealed_opens_for_its_user_and_place_only(path: Path) -> None:
    """Not for another user, place or home, nor damaged or shortened."""
    keys = UserKeys(UserKeyFile(path), b"k" * 32)
    sealed = keys.seal("a", "row 1", b"words")
    keys.seal("b", "row 1", b"words")
    assert keys.open("a", "row 1", sealed) == b"words"
    assert b"words" not in sealed
    assert keys.seal("a", "row 1", b"words") != sealed
    for user, place, given in (
        ("b", "row 1", sealed),
        ("a", "row 2", sealed),
        ("a", "row 1", sealed[:-1]),
        ("a", "row 1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("a", "row 1", b"\x02" + sealed[1:]),
        ("a", "row 1", b""),
        ("nobody", "row 1", sealed),
    ):
        with pytest.raises(Unreadable):
            keys.open(user, place, given)
    with pytest.raises(Unreadable):
        UserKeys(UserKeyFile(path), b"x" * 32).open("a", "row 1", sealed)


def test_a_destroyed_key_is_gone_everywhere_at_once(path: Path) -> None:
    """For another process too; no new one is made; its bytes are nowhere on the disk."""
    drawn = iter((b"n" * 12, b"SECRET-KEY-BYTES-SECRET-KEY-BYTE", b"m" * 12, *[b"o" * 12] * 50))
    keys, elsewhere = (
        UserKeys(UserKeyFile(path), b"k" * 32, lambda _: next(drawn)),
        UserKeys(UserKeyFile(path), b"k" * 32),
    )
    sealed = keys.seal("user-canary", "row", b"words")
    on_disk = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"user-canary" in on_disk
    assert b"SECRET-KEY-BYTES" not in on_disk
    assert elsewhere.open("user-canary", "row", sealed) == b"words"
    assert keys.destroy("user-canary")
    assert not keys.destroy("user-canary")
    for other in (keys, elsewhere):
        with pytest.raises(Erased):
            other.open("user-canary", "row", sealed)
        with pytest.raises(Erased):
            other.seal("user-canary", "row", b"more")
    assert b"user-canary" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_many_threads_agree_on_one_key(path: Path) -> None:
    """The first use is a race that one wins."""
    keys, sealed = UserKeys(UserKeyFile(path), b"k" * 32), []
    threads = [threading.Thread(target=lambda: sealed.append(keys.seal("a", "row", b"words"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert [keys.open("a", "row", one) for one in sealed] == [b"words"] * 8


def test_the_home_keeps_the_wrapping_key_apart(tmp_path: Path) -> None:
    """Keys folder and key store are different folders, both for their owner only."""
    home = Home(tmp_path)
    keys = open_user_keys(home)
    sealed = keys.seal("a", "row", b"words")
    assert open_user_keys(home).open("a", "row", sealed) == b"words"
    assert (home.keys / "user-keys").stat().st_mode & 0o777 == 0o600
    assert (home.root / "user-keys" / "keys.db").stat().st_mode & 0o777 == 0o600
