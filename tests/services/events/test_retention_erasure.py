import base64
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.modules.broker import BrokerAway
from resources.events.nats_broker import NatsBroker
from resources.privacy.user_keys import UserKeys
from services.events.retention import STREAM_RETENTION_S, EventsRetention
from services.events.signal_log import SignalLog
from tests.byte_search import found
from tests.deadline import DEADLINE_S
from tests.services.events.nats_peer import nats_cluster, nats_server
from tests.services.events.world import RecordingConsumer, World, rated
from tests.user_keys import RecordedBytes, wrapped_key

pytestmark = pytest.mark.slow
PLANTED = b"CANARY-the-words-of-whoever-leaves"


def _settled(world: World) -> None:
    """Deliver, asking again for as long as the servers elect whoever leads."""
    until = time.monotonic() + DEADLINE_S
    while True:
        try:
            world.restart()
            world.settle()
        except BrokerAway:
            assert time.monotonic() < until, "the broker did not come up"
            time.sleep(0.2)
        else:
            return


@pytest.mark.parametrize("nodes", [1, 3])
def test_nothing_of_an_erased_user_can_be_read_in_any_store(
    engine: sa.Engine, keys: UserKeys, random_bytes: RecordedBytes, tmp_path: Path, nodes: int
) -> None:
    """Neither their words nor their key are in the folders of broker, database and key store, in any usual form.

    The search would find them: it finds the ids, which are no secret, in the broker's folders, and the wrapped key
    in its store before that is destroyed.
    """
    places = [tmp_path, *(Path(str(host)) for host in [engine.url.query.get("host")] if host)]
    with ExitStack() as stack:
        folder = tmp_path / "nats"
        servers = (
            [stack.enter_context(nats_server(folder))] if nodes == 1 else stack.enter_context(nats_cluster(folder))
        )
        broker = NatsBroker([server.url for server in servers], retention_s=STREAM_RETENTION_S, replicas=nodes)
        stack.callback(broker.close)
        world = World(engine, keys, [], None)
        world.broker = broker
        world.consumers = [RecordingConsumer(), SignalLog(world.codec)]  # type: ignore[list-item]  # any consumer will do
        words = PLANTED.decode()
        world.publish(*(rated(f"a-{number}", "a", comment=words) for number in range(50)))
        key, wrapped = random_bytes.latest_key(), wrapped_key(tmp_path, "a")
        world.publish(*(rated(f"b-{number}", "b", comment="stays") for number in range(50)))
        _settled(world)
        world.publish(*(rated(f"late-{number}", "a", comment=words) for number in range(5)))  # still in the outbox
        assert found(folder, [b"a-49"])
        assert found(tmp_path, [wrapped])
        _erase(world)
        assert len(world.effects()) == 100
        _settled(world)
        for server in servers:
            server.end()
        assert found(folder, [b"b-49"])
        for place in places:
            assert found(place, [PLANTED, key, wrapped]) == {}
    with engine.connect() as connection:
        assert len(SignalLog(world.codec).find(connection, user="b")) == 50


def _erase(world: World) -> None:
    world.sealer.destroy("a")
    with world.engine.begin() as connection:
        for one in EventsRetention(world.codec).tables():
            assert one.erase is not None
            one.erase(connection, "a")
    with world.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if lite else "VACUUM")


def test_the_search_finds_what_is_there(keys: UserKeys, random_bytes: RecordedBytes, tmp_path: Path) -> None:
    """In each form, wherever it begins."""
    for number, form in enumerate([PLANTED, PLANTED.hex().encode(), base64.b64encode(b"x" * 7 + PLANTED + b"yy")]):
        (tmp_path / str(number)).write_bytes(b"before" + form + b"after")
    assert sorted(found(tmp_path, [PLANTED])) == ["0", "1", "2"]
    keys.seal("a", "here", b"")
    (tmp_path / "leaked").write_bytes(random_bytes.latest_key())
    assert list(found(tmp_path, [random_bytes.latest_key()])) == ["leaked"]
    assert found(tmp_path, [wrapped_key(tmp_path, "a")])
