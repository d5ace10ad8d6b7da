"""What leaves published signals, in every store."""

from pathlib import Path
from typing import Any

import pytest

from contracts.modules.retention import PartsRetention
from contracts.modules.signal_publication import SignalRow
from contracts.storage import Storage
from resources.events.signal_parts import FOLDER, SCHEMA, SignalParts
from resources.events.signal_retention import RETENTION_S, SignalRetention, published_signals
from tests.contracts.backends import BACKENDS

DAY_S = 86_400


class Names:
    """Pseudonyms that a test can read."""

    def pseudonym(self, user: str, purpose: str) -> str:
        """Both in one."""
        return f"{user} for {purpose}"


@pytest.fixture(params=BACKENDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Empty stores of one backend."""
    return BACKENDS[request.param](tmp_path)


@pytest.fixture
def parts(storage: Storage) -> SignalParts:
    """Three parts: of ada alone, of ada and bob, of bob alone; each a day later."""
    with SignalParts(storage).only_writer("now") as writer:
        for day, users in enumerate((["ada"], ["ada", "bob"], ["bob"])):
            rows = [
                SignalRow(type="tip.opened.v1", at=day * DAY_S, user=Names().pseudonym(user, "signals"), decision="d")
                for user in users
            ]
            writer.add(rows, day + 1)
    return SignalParts(storage)


def _found(parts: SignalParts) -> list[tuple[str, list[str]]]:
    files = [part.file for part in parts.manifest().parts]
    users = [[str(user).partition(" ")[0] for user in table["user"].to_pylist()] for table in parts.tables()]
    return list(zip(files, users, strict=True))


def test_an_export_has_a_users_rows_without_pseudonyms(parts: SignalParts) -> None:
    """In the order of the log, with times as text."""
    found = list(SignalRetention(parts, Names()).export("ada"))
    assert [row["at"] for row in found] == ["1970-01-01T00:00:00.000000+00:00", "1970-01-02T00:00:00.000000+00:00"]
    assert {"user", "decision"}.isdisjoint(found[0])
    assert list(SignalRetention(parts, Names()).export("nobody")) == []


def test_an_erased_users_rows_leave_and_the_others_stay(parts: SignalParts) -> None:
    """A part without a row is gone, one with fewer has another name; the second time there is nothing left to do."""
    retention = SignalRetention(parts, Names())
    assert [retention.erase("ada"), retention.erase("ada")] == [2, 0]
    assert _found(parts) == [("part-000004.parquet", ["bob"]), ("part-000003.parquet", ["bob"])]
    assert parts.left_over() == []
    assert parts.upto() == 3


def test_what_is_added_later_replaces_nothing(parts: SignalParts) -> None:
    """The number of a part is higher than those of all that count."""
    SignalRetention(parts, Names()).erase("ada")
    with parts.only_writer("now") as writer:
        added = writer.add([SignalRow(type="tip.opened.v1", at=0, user="carl for signals", decision="d")], 4)
    assert added is not None
    assert (added.file, [users for _, users in _found(parts)]) == ("part-000005.parquet", [["bob"], ["bob"], ["carl"]])


def test_rows_past_their_time_leave(parts: SignalParts) -> None:
    """By the time of what they tell of, to the second."""
    retention = SignalRetention(parts, Names())
    assert [retention.prune(DAY_S + RETENTION_S), retention.prune(DAY_S + RETENTION_S)] == [1, 0]
    assert [users for _, users in _found(parts)] == [["ada", "bob"], ["bob"]]
    assert retention.prune(3 * DAY_S + RETENTION_S) == 3
    assert _found(parts) == []


def test_what_a_killed_process_left_is_deleted_by_the_next_one(storage: Storage, parts: SignalParts) -> None:
    """Also if nothing else has to leave: it may hold rows of an erased user."""
    whole = storage.blobs.get(f"{FOLDER}/part-000001.parquet") or b""
    storage.blobs.put(f"{FOLDER}/part-000009.parquet", whole)
    assert SignalRetention(parts, Names()).erase("nobody") == 0
    assert parts.left_over() == []
    assert len(_found(parts)) == 3


def test_every_column_has_a_class() -> None:
    """Those of the published rows, no more and no fewer."""
    context: Any = type("Context", (), {"storage": None, "sealer": Names()})
    (retained,) = published_signals(context, None)
    assert isinstance(retained, PartsRetention)
    assert set(retained.columns) == set(SCHEMA.names)
