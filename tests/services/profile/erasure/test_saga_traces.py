"""The proof of erasure: planted strings and the user's key are looked for in every byte of the whole home."""

import base64
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.access.audit import AuditEntry
from contracts.modules.events import Event, TipRatedV1
from contracts.modules.profile import Preferences, Profile, Purpose
from resources.sql.audit_log import AuditTable
from services.events.tables import DEAD
from tests.byte_search import found
from tests.postgresql import Cluster
from tests.services.profile.world import FULL, Seen, World, new_id
from tests.user_keys import wrapped_key

USER = "user-a"
CANARY = "CANARY-7f3b1c"


def plant(world: World, user: str) -> None:
    """Strings in every table of every module: profile, zones, consents, notes, outbox, inbox, dead letter, signals."""
    zone = Preferences(time_zone="Pacific/Apia")
    world.profile.put_profile(user, FULL, 0)
    world.profile.put_profile(user, Profile(name=f"{CANARY} {user}", preferences=zone), None)
    world.profile.decide(user, Purpose.IMPROVE, given=True, version=1, channel="session")
    with world.engine.begin() as connection:
        world.notes.add(connection, user, f"{CANARY} note")
    data = TipRatedV1(decision="decision-1", rating=5, comment=f"{CANARY} comment")
    for _ in range(3):
        world.publish(Event(id=new_id(), source="/t", time="2027-01-15T08:00:00+00:00", data=data, user=user))
    world.settle()
    world.publish(Event(id=new_id(), source="/t", time="2027-01-15T08:00:00+00:00", data=data, user=user))


def key_of(world: World, user: str) -> tuple[bytes, bytes]:
    """The key of a user as it is drawn at their first use, and wrapped as it lies on the disk."""
    world.sealer.seal(user, "first use", b"")
    return world.random_bytes.latest_key(), wrapped_key(world.home.root, user)


@dataclass
class Full:
    """A world full of rows, and the keys of its users: as they are drawn, and wrapped."""

    world: World
    keys: dict[str, tuple[bytes, bytes]]


@pytest.fixture
def full(tmp_path: Path) -> Full:
    """A world in which events is erased last, a consumer fails for good, and a user's rows are everywhere."""
    return _full(tmp_path, None)


def _full(tmp_path: Path, url: str | None) -> Full:
    world = World(tmp_path / "home", [USER, "user-b"], url=url, erases_events=True)
    keys = {user: key_of(world, user) for user in (USER, "user-b")}

    def failing(_: Event) -> None:
        raise RuntimeError("never")

    world.consumers.append(Seen((TipRatedV1,), failing))
    for user in (USER, "user-b"):
        plant(world, user)
    for _ in range(4):
        world.clock.now += 400
        world.settle()
    return Full(world, keys)


def test_after_an_erasure_no_byte_of_the_home_holds_the_user(full: Full) -> None:
    """Neither what they wrote, nor their key, plain or wrapped, nor their id; the other user keeps everything."""
    world, root = full.world, full.world.home.root
    plain, wrapped = full.keys[USER]
    other = full.keys["user-b"]
    with world.engine.connect() as connection:
        sealed = connection.execute(sa.select(world.notes.table.c.sealed)).scalars().first()
        assert sealed is not None
        assert connection.execute(sa.select(sa.func.count()).select_from(DEAD)).scalar_one() >= 2
    world.archives.export(USER).close()
    before = found(root, [USER.encode(), wrapped, sealed, plain, CANARY.encode()])
    assert before["user-keys/keys.db-wal"] == [USER.encode(), wrapped]
    everywhere = {needle for needles in before.values() for needle in needles}
    assert everywhere == {USER.encode(), wrapped, sealed}, "the search finds what is there, and nothing is in the clear"

    world.saga.erase(USER, "self")
    world.settle()
    assert world.saga.step() == 1
    assert found(root, [CANARY.encode(), FULL.name.encode() if FULL.name else b"-", plain, wrapped, sealed]) == {}
    assert found(root, [USER.encode()]) == {}
    assert found(root, [other[1]]) != {}
    assert world.profile.profile("user-b").profile.name == f"{CANARY} user-b"
    world.close()


@pytest.mark.slow
@pytest.mark.postgresql
def test_the_data_folder_of_postgresql_holds_nothing_that_opens(tmp_path: Path, cluster: Cluster) -> None:
    """Dead rows and the log keep sealed bytes and random ids; what was written, and the key, are in no byte of it."""
    with cluster.database() as name:
        made = _full(tmp_path, cluster.url(name))
        world, (plain, wrapped) = made.world, made.keys[USER]
        with world.engine.connect() as connection:
            sealed = connection.execute(sa.select(world.notes.table.c.sealed)).scalars().first()
        assert sealed is not None
        world.saga.erase(USER, "self")
        world.settle()
        assert world.saga.step() == 1
        world.engine.dispose()
        cluster.run("CHECKPOINT")
        held = found(cluster.folder, [sealed, USER.encode(), CANARY.encode(), plain, wrapped])
        assert {needle for needles in held.values() for needle in needles} == {sealed, USER.encode()}
        assert found(world.home.root, [CANARY.encode(), plain, wrapped]) == {}
        world.close()


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    """In the clear, in base64 at any offset, in hex and in UTF-16, in any file."""
    for number, text in enumerate(
        (
            b"..." + CANARY.encode(),
            *(base64.b64encode(b"x" * offset + CANARY.encode() + b"yz") for offset in range(4)),
            CANARY.encode().hex().encode(),
            CANARY.encode("utf-16-le"),
        )
    ):
        (tmp_path / f"file-{number}").write_bytes(text)
    assert len(found(tmp_path, [CANARY.encode()])) == 7


def test_the_audit_log_is_another_modules_table(full: Full) -> None:
    """A row about the user would be found: what is not erased shows."""
    entry = AuditEntry(
        at="2027-01-15T08:00:00+00:00",
        actor=USER,
        role="USER",
        operation="exportUser",
        target="",
        input_hash="",
        outcome="done",
        request_id="r",
    )
    world = full.world
    AuditTable(world.engine).add(entry)
    world.saga.erase(USER, "self")
    world.settle()
    world.saga.step()
    assert list(found(world.home.root, [USER.encode()])) == ["tipbench.db"]
    world.close()
