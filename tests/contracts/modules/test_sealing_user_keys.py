"""What every implementation of contracts.modules.sealing.UserKeyStore does; a new one is one entry of STORES."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contracts.modules.sealing import Erased, UserKeyStore
from resources.privacy.memory import MemoryUserKeys
from resources.privacy.user_key_file import UserKeyFile

STORES: dict[str, Callable[[Path], UserKeyStore]] = {
    "file": lambda folder: UserKeyFile(folder / "keys.db"),
    "memory": lambda _: MemoryUserKeys(),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> UserKeyStore:
    """An empty store of one kind."""
    return STORES[request.param](tmp_path)


def test_the_first_key_of_a_user_stays(store: UserKeyStore) -> None:
    """Whoever adds another one gets the first; each user has a key of their own."""
    assert store.find("a") is None
    assert store.add("a", b"hash a", b"one") == store.add("a", b"hash a", b"two") == store.find("a") == b"one"
    assert store.add("b", b"hash b", b"three") == b"three"


def test_many_threads_agree_on_one_key(store: UserKeyStore) -> None:
    """The first use is a race that one wins."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: store.add("a", b"hash a", b"%d" % number), range(32)))
    assert set(found) == {store.find("a")}


def test_a_destroyed_key_never_comes_back(store: UserKeyStore) -> None:
    """Also where there was none yet; nobody else's is touched."""
    store.add("a", b"hash a", b"one")
    store.add("b", b"hash b", b"two")
    assert not store.is_destroyed(b"hash a")
    assert [store.destroy("a", b"hash a"), store.destroy("a", b"hash a"), store.destroy("c", b"hash c")] == [
        True,
        False,
        False,
    ]
    for user in ("a", "c"):
        assert store.is_destroyed(b"hash " + user.encode())
        assert store.find(user) is None
        with pytest.raises(Erased):
            store.add(user, b"hash " + user.encode(), b"new")
    assert (store.find("b"), store.is_destroyed(b"hash b")) == (b"two", False)
    store.close()
