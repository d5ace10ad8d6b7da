import dataclasses
import json
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from contracts.modules.events import (
    SIGNALS,
    Payload,
    SessionRevokedV1,
    TipActedV1,
    TipDismissedV1,
    TipOpenedV1,
    TipRatedV1,
    TipShownV1,
)
from contracts.modules.sealing import Erased
from contracts.modules.signal_publication import SignalRow
from kit.sql.sessions import reading
from resources.events.signal_parts import SignalParts
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from resources.storage.local import local_storage
from services.events.signal_log import SignalLog
from services.events.signal_publication import publish_signals, with_payload
from tests.services.events.world import World, rated

WORDS = "CANARY my own words"


@dataclasses.dataclass
class Published:
    """A world whose signals are published into a folder, and who agreed to it."""

    world: World
    keys: UserKeys
    parts: SignalParts
    folder: Path
    agreed: set[str]

    def publish(self) -> int:
        """Add what is new."""
        with reading(self.world.engine) as connection:
            return publish_signals(connection, self.world.codec, self.keys, self.parts, self.agreed.__contains__)

    def rows(self) -> list[dict[str, object]]:
        """What an analyst reads."""
        files = [self.folder / part.file for part in self.parts.manifest().parts]
        return [row for file in files for row in pq.read_table(file).to_pylist()]


@pytest.fixture
def published(engine: sa.Engine, keys: UserKeys, tmp_path: Path) -> Published:
    """Users a and b agreed, c did not."""
    world = World(engine, keys, [], None)
    world.consumers = [SignalLog(world.codec)]  # type: ignore[list-item]  # any consumer will do
    world.restart()
    return Published(world, keys, SignalParts(local_storage(tmp_path)), tmp_path / "signals", {"a", "b"})


def _say(published: Published, user: str, *said: Payload) -> None:
    for number, payload in enumerate(said):
        event = rated(f"event-{user}-{number}-{payload.type}", user)
        published.world.publish(msgspec.structs.replace(event, data=payload, time="2027-01-15T08:00:42+00:00"))
    published.world.settle()


def _all_kinds(decision: str) -> list[Payload]:
    return [
        TipShownV1(decision=decision, tip="tip-1", surface="home", position=2),
        TipOpenedV1(decision=decision),
        TipDismissedV1(decision=decision, reason="later"),
        TipDismissedV1(decision=decision, reason=WORDS),
        TipActedV1(decision=decision, action=WORDS),
        TipRatedV1(decision=decision, rating=4, comment=WORDS),
    ]


def test_what_is_published_says_what_was_done_and_not_by_whom(published: Published) -> None:
    """One decision is one pseudonym; of free text nothing, of times the minute; the rows are typed."""
    _say(published, "a", *_all_kinds("decision-1"))
    assert published.publish() == 6
    rows = published.rows()
    assert [row["type"] for row in rows] == [payload.type for payload in _all_kinds("")]
    assert len({(row["user"], row["decision"]) for row in rows}) == 1
    assert (rows[0]["tip"], rows[0]["surface"], rows[0]["place"]) == ("tip-1", "home", 2)
    assert [row["word"] for row in rows] == [None, None, "later", None, None, None]
    assert (rows[5]["rating"], rows[5]["commented"]) == (4, True)
    assert str(rows[0]["at"]) == "2027-01-15 08:00:00+00:00"
    everything = (
        b"".join(path.read_bytes() for path in published.folder.iterdir()) + json.dumps(rows, default=str).encode()
    )
    for secret in ("CANARY", "decision-1", "event-a", "08:00:42"):
        assert secret.encode() not in everything


def test_parts_are_only_added(published: Published) -> None:
    """Nothing is published twice; older parts stay as they were, byte for byte; the same user has the same name."""
    _say(published, "a", TipOpenedV1(decision="1"))
    assert (published.publish(), published.publish()) == (1, 0)
    first = (published.folder / "part-000001.parquet").read_bytes()
    _say(published, "b", TipOpenedV1(decision="1"))
    _say(published, "a", TipActedV1(decision="2"))
    assert published.publish() == 2
    assert (published.folder / "part-000001.parquet").read_bytes() == first
    assert [part.rows for part in published.parts.manifest().parts] == [1, 2]
    users = [row["user"] for row in published.rows()]
    assert users[0] == users[2] != users[1]
    assert len({row["decision"] for row in published.rows()}) == 3


def test_who_did_not_agree_is_passed_over_for_good(published: Published) -> None:
    """A later yes publishes what comes after it."""
    _say(published, "c", TipOpenedV1(decision="1"))
    assert published.publish() == 0
    assert published.parts.manifest().parts == ()
    published.agreed.add("c")
    _say(published, "c", TipActedV1(decision="2"))
    assert published.publish() == 1
    assert [row["type"] for row in published.rows()] == ["tip.acted.v1"]


def test_an_erased_user_cannot_be_found_in_the_parts(published: Published) -> None:
    """What is published stays, under a name that nobody can make again; what was not yet published never is."""
    _say(published, "a", TipOpenedV1(decision="1"))
    _say(published, "b", TipOpenedV1(decision="1"))
    published.publish()
    name = published.keys.pseudonym("a", "signals")
    assert published.rows()[0]["user"] == name
    _say(published, "a", TipActedV1(decision="1"))
    published.keys.destroy("a")
    assert published.publish() == 0
    assert len(published.rows()) == 2
    with pytest.raises(Erased):
        published.keys.pseudonym("a", "signals")
    again = UserKeys(UserKeyFile(published.folder.parent / "other" / "keys.db"), b"k" * 32)
    assert again.pseudonym("a", "signals") != name
    again.close()


def test_every_signal_can_be_published(published: Published) -> None:
    """A new kind must say what of it may be."""
    assert {type(payload) for payload in _all_kinds("")} == set(SIGNALS)
    _say(published, "a", *_all_kinds("1"))
    published.publish()
    row = SignalRow(type="x", at=0, user="u", decision="d")
    with pytest.raises(ValueError, match="no signal that can be published"):
        with_payload(row, SessionRevokedV1(credential="c", reason="r"))


def test_a_crash_between_part_and_manifest_costs_nothing(published: Published) -> None:
    """The part that no manifest names does not count, and the next try writes it again."""
    _say(published, "a", TipOpenedV1(decision="1"))
    published.publish()
    folder = published.folder
    (folder / "manifest.json").unlink()
    assert published.rows() == []
    assert published.publish() == 1
    assert len(published.rows()) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "part-000001.parquet"]
