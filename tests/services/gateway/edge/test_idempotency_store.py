"""Stored answers, over a real database and key store."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.modules.retention import Data
from contracts.refusals import Conflict, InProgress, Refusal
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from resources.sql.engine import open_engine
from services.gateway.edge.idempotency_store import BUSY_S, MOST_KEYS, RETENTION_S, IdempotencyStore, StoredResponse
from services.gateway.tables import METADATA, REPLIES
from tests.deadline import DEADLINE_S

CANARY = "kanarienvogel17"
REPLY = StoredResponse(200, [("content-type", "application/json")], CANARY.encode())
ROUTE = "PUT /v1/profile"


@dataclass
class Stores:
    """The database, the keys and a clock that the test moves."""

    engine: sa.Engine
    keys: UserKeys
    now: float = 1_800_000_000.0

    def idempotency_store(self) -> IdempotencyStore:
        """As a process opens them."""
        return IdempotencyStore(self.engine, self.keys, lambda: self.now)


@pytest.fixture
def stores(database_url: str, tmp_path: Path) -> Iterator[Stores]:
    """Fresh ones, on each kind of database."""
    keys = UserKeys(UserKeyFile(tmp_path / "keys.db"), b"k" * 32)
    engine = open_engine(database_url)
    METADATA.create_all(engine)
    yield Stores(engine, keys)
    engine.dispose()
    keys.close()


def test_an_answer_is_given_again_for_a_day(stores: Stores) -> None:
    """To the same user, route and key with the same body, by any process; then the key is new."""
    idempotency_store = stores.idempotency_store()
    assert idempotency_store.claim("anna", ROUTE, "k", "h") is None
    idempotency_store.keep("anna", ROUTE, "k", REPLY)
    assert stores.idempotency_store().claim("anna", ROUTE, "k", "h") == REPLY
    with pytest.raises(Conflict):
        idempotency_store.claim("anna", ROUTE, "k", "other")
    for user, route, key in (("bert", ROUTE, "k"), ("anna", "PUT /v1/other", "k"), ("anna", ROUTE, "l")):
        assert idempotency_store.claim(user, route, key, "h") is None
    stores.now += RETENTION_S + 1
    assert idempotency_store.claim("anna", ROUTE, "k", "other") is None


def test_a_key_is_busy_until_its_request_ends(stores: Stores) -> None:
    """InProgress meanwhile; freed at once by a failure, and after a while by a process that was killed."""
    idempotency_store = stores.idempotency_store()
    idempotency_store.claim("anna", ROUTE, "k", "h")
    with pytest.raises(InProgress):
        idempotency_store.claim("anna", ROUTE, "k", "h")
    idempotency_store.free("anna", ROUTE, "k")
    assert idempotency_store.claim("anna", ROUTE, "k", "h") is None
    stores.now += BUSY_S + 1
    assert idempotency_store.claim("anna", ROUTE, "k", "h") is None


def test_one_of_many_at_once_is_let_through(stores: Stores) -> None:
    """Twenty threads, one claim."""
    idempotency_store, gate = stores.idempotency_store(), threading.Barrier(20)
    found: list[StoredResponse | str | None] = []

    def claim() -> None:
        gate.wait(DEADLINE_S)
        try:
            found.append(idempotency_store.claim("anna", ROUTE, "k", "h"))
        except InProgress:
            found.append("busy")
        finally:
            stores.keys.close()

    threads = [threading.Thread(target=claim) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert (found.count(None), found.count("busy")) == (1, 19)


def test_what_was_answered_is_sealed_and_goes_with_its_user(stores: Stores, tmp_path: Path) -> None:
    """Not in the file; exported opened; erased; of an erased user nothing is kept, and nothing is readable."""
    idempotency_store, retention = stores.idempotency_store(), stores.idempotency_store().tables()[0]
    idempotency_store.claim("anna", ROUTE, CANARY, "h")
    idempotency_store.keep("anna", ROUTE, CANARY, REPLY)
    idempotency_store.claim("bert", ROUTE, "k", "h")
    assert [path.name for path in tmp_path.glob("tipbench.db*") if CANARY.encode() in path.read_bytes()] == []
    assert set(retention.columns) == {column.name for column in REPLIES.columns}
    assert (retention.columns["answer"], retention.columns["user"]) == (Data.SEALED, Data.USER)
    assert retention.export is not None
    assert retention.erase is not None
    assert retention.prune is not None
    with stores.engine.begin() as connection:
        assert [each["answer"] for each in retention.export(connection, "anna")] == [CANARY]
        assert [retention.erase(connection, "anna") for _ in range(2)] == [1, 0]
        assert retention.prune(connection, stores.now + RETENTION_S - 1) == 0
        assert retention.prune(connection, stores.now + RETENTION_S + 1) == 1
    idempotency_store.claim("anna", ROUTE, "k", "h")
    stores.keys.destroy("anna")
    idempotency_store.keep("anna", ROUTE, "k", REPLY)
    assert idempotency_store.claim("anna", ROUTE, "k", "h") is None


def test_an_answer_moved_to_another_row_does_not_open(stores: Stores) -> None:
    """It is sealed for its user, route and key; the client is told to take a new key."""
    idempotency_store = stores.idempotency_store()
    for key in ("k", "l"):
        idempotency_store.claim("anna", ROUTE, key, "h")
        idempotency_store.keep("anna", ROUTE, key, REPLY)
    with stores.engine.begin() as connection:
        one, two = connection.execute(sa.select(REPLIES.c.key_hash, REPLIES.c.answer)).all()
        connection.execute(REPLIES.update().where(REPLIES.c.key_hash == one.key_hash).values(answer=two.answer))
    claims: list[StoredResponse | str | None] = []
    for key in ("k", "l"):
        try:
            claims.append(idempotency_store.claim("anna", ROUTE, key, "h"))
        except Conflict:
            claims.append("refused")
    assert sorted(map(str, claims)) == sorted([str(REPLY), "refused"])


def test_a_user_has_so_many_keys_at_a_time(stores: Stores) -> None:
    """One more is refused and leaves no row; known keys are answered, other users and the next day have places."""
    idempotency_store = stores.idempotency_store()
    row = {"user": "anna", "route": ROUTE, "body_hash": "h", "at": stores.now}
    with stores.engine.begin() as connection:
        connection.execute(REPLIES.insert(), [{**row, "key_hash": f"{number}"} for number in range(MOST_KEYS - 1)])
    assert idempotency_store.claim("anna", ROUTE, "last", "h") is None
    idempotency_store.keep("anna", ROUTE, "last", REPLY)
    with pytest.raises(Refusal) as refused:
        idempotency_store.claim("anna", ROUTE, "one more", "h")
    assert refused.value.code == "RATE_LIMITED"
    assert idempotency_store.claim("anna", ROUTE, "last", "h") == REPLY
    assert idempotency_store.claim("bert", ROUTE, "one more", "h") is None
    (policy,) = idempotency_store.tables()
    assert policy.prune is not None
    with stores.engine.begin() as connection:
        policy.prune(connection, stores.now + RETENTION_S + 1)
    assert idempotency_store.claim("anna", ROUTE, "one more", "h") is None
