"""What every implementation of contracts.storage.Blobs does."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.storage import Storage

KEY = "lake/tip-bench-a/spec.json"


def test_a_value_comes_back_whole_and_in_ranges(storage: Storage) -> None:
    """A range that ends or begins behind the end gives what there is; without a value there is none."""
    blobs = storage.blobs
    assert [blobs.get(KEY), blobs.get(KEY, 1, 2), blobs.size(KEY), blobs.tag(KEY)] == [None] * 4
    blobs.put(KEY, b"0123456789")
    assert blobs.get(KEY) == b"0123456789"
    assert [blobs.get(KEY, 2, 3), blobs.get(KEY, 8, 9), blobs.get(KEY, 8), blobs.get(KEY, 20, 1)] == [
        b"234",
        b"89",
        b"89",
        b"",
    ]
    assert blobs.get(KEY, 0, 0) == b""
    assert blobs.size(KEY) == 10


def test_a_put_replaces_and_nothing_is_an_empty_value(storage: Storage) -> None:
    """The empty value is one; it is deleted once."""
    storage.blobs.put(KEY, b"old")
    storage.blobs.put(KEY, b"")
    assert (storage.blobs.get(KEY), storage.blobs.size(KEY)) == (b"", 0)
    assert storage.blobs.delete(KEY)
    assert not storage.blobs.delete(KEY)
    assert storage.blobs.get(KEY) is None


def test_the_first_writer_wins(storage: Storage) -> None:
    """Whoever comes later hears so and changes nothing, until the value is deleted."""
    assert storage.blobs.put_if_absent(KEY, b"first")
    assert not storage.blobs.put_if_absent(KEY, b"second")
    assert storage.blobs.get(KEY) == b"first"
    storage.blobs.delete(KEY)
    assert storage.blobs.put_if_absent(KEY, b"third")


def test_of_many_writers_at_once_one_is_first(storage: Storage) -> None:
    """It is the one whose value is there afterwards."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            key = f"race/{number}"
            said = list(pool.map(lambda own, at=key: storage.blobs.put_if_absent(at, b"%d" % own), range(8)))
            assert said.count(True) == 1
            assert storage.blobs.get(key) == b"%d" % said.index(True)


def test_a_tag_changes_with_the_bytes(storage: Storage) -> None:
    """Also where length and moment are the same; it stays while they stay."""
    seen = set()
    for number in range(10, 60):
        storage.blobs.put(KEY, b"%d" % number)
        seen.add(tag := storage.blobs.tag(KEY))
        assert storage.blobs.tag(KEY) == tag
    assert len(seen) == 50


def test_tags_and_sizes_of_several_are_those_of_each(storage: Storage) -> None:
    """In the order of the keys, whichever folders they are in; None where there is nothing, or a folder."""
    keys = ["lake/a/spec.json", "lake/a/none", "lake/a", "top", "lake/b/c/d", "lake/a/spec.json", "none/none/none"]
    for key in ("lake/a/spec.json", "top", "lake/b/c/d"):
        storage.blobs.put(key, key.encode())
    found = storage.blobs.tags(keys)
    assert found == [storage.blobs.tag(key) for key in keys]
    assert [tag is None for tag in found] == [False, True, True, False, False, False, True]
    assert storage.blobs.tags([]) == storage.blobs.sizes([]) == []
    assert storage.blobs.sizes(keys) == [storage.blobs.size(key) for key in keys]


def test_what_is_below_a_folder_is_discarded_as_one(storage: Storage) -> None:
    """Values, datasets and logs; values beside it stay, and the names can be used anew."""
    for key in ("lake/a/spec.json", "lake/a/runs/1.json", "lake/ab", "lake/b/spec.json"):
        storage.blobs.put(key, b"x")
    with storage.logs.open("lake/a/log") as log:
        log.append(b"line")
    storage.datasets.create("lake/a/rows", lambda _: "set", lambda file: file.write(b"2"))
    with storage.leases.hold("lake/a/lock", purpose="deleting", now="now") as fence:
        assert storage.blobs.discard("lake/a", fence)
    assert not storage.blobs.discard("lake/a")
    assert not storage.blobs.discard("lake/ab")
    assert storage.blobs.list("lake") == ["ab", "b/"]
    assert storage.blobs.get("lake/a/spec.json") is None
    storage.blobs.sweep("lake")
    storage.blobs.sweep("none")
    assert storage.blobs.list("lake") == ["ab", "b/"]
    assert storage.blobs.put_if_absent("lake/a/spec.json", b"new")


def test_a_list_has_one_level(storage: Storage) -> None:
    """Names in order, those with more below them with a slash; a folder without values is empty."""
    for key in ("lake/b/spec.json", "lake/a/spec.json", "lake/a/runs/1.json", "lake/c", "lakes/d"):
        storage.blobs.put(key, b"x")
    assert storage.blobs.list("lake") == ["a/", "b/", "c"]
    assert storage.blobs.list("lake/a") == ["runs/", "spec.json"]
    assert storage.blobs.list("lake/none") == storage.blobs.list("lake/c") == []
    assert (storage.blobs.get("lake/a"), storage.blobs.size("lake/a")) == (None, None)


def test_a_value_moves_to_another_key(storage: Storage) -> None:
    """Over what is there, into a folder that nobody has used; without a value nothing happens."""
    blobs = storage.blobs
    assert not blobs.move(KEY, "done/a")
    assert blobs.get("done/a") is None
    for value in (b"first", b"second"):
        blobs.put(KEY, value)
        assert blobs.move(KEY, "done/a")
        assert (blobs.get(KEY), blobs.get("done/a")) == (None, value)
        assert blobs.list("done") == ["a"]


def test_of_many_movers_at_once_one_has_moved(storage: Storage) -> None:
    """The others find nothing, and the value is under one key."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            storage.blobs.put(f"from/{number}", b"value")
            said = list(pool.map(lambda own, at=number: storage.blobs.move(f"from/{at}", f"to/{at}-{own}"), range(8)))
            assert said.count(True) == 1
            assert storage.blobs.get(f"to/{number}-{said.index(True)}") == b"value"
    assert (len(storage.blobs.list("to")), storage.blobs.list("from")) == (20, [])


@pytest.mark.parametrize(
    "key", ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", ".hidden", "a/.hidden", "a\0", "a\nb", "a\\b"]
)
def test_what_is_no_key_is_refused(storage: Storage, key: str) -> None:
    """Above all what would lead out of the store."""
    for call in (storage.blobs.get, storage.blobs.size, storage.blobs.tag, storage.blobs.delete, storage.blobs.list):
        with pytest.raises(ValueError, match="no key"):
            call(key)
    for each in (storage.blobs.discard, storage.blobs.sweep, lambda own: storage.blobs.tags(["a", own])):
        with pytest.raises(ValueError, match="no key"):
            each(key)
    with pytest.raises(ValueError, match="no key"):
        storage.blobs.put(key, b"")
    with pytest.raises(ValueError, match="no key"):
        storage.blobs.put_if_absent(key, b"")
    for keys in ((key, KEY), (KEY, key)):
        with pytest.raises(ValueError, match="no key"):
            storage.blobs.move(*keys)
