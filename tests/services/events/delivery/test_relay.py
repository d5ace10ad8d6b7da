import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from contracts.modules.broker import BrokerAway, BrokerMessage
from contracts.modules.events import SessionRevokedV1
from resources.events.nats_broker import NatsBroker
from resources.privacy.user_keys import UserKeys
from services.events.delivery.relay import Relay
from services.events.retention import STREAM_RETENTION_S
from tests.deadline import DEADLINE_S
from tests.services.events.nats_peer import nats_server
from tests.services.events.world import RecordingConsumer, World, rated


class Choosy(NatsBroker):
    """A broker that once keeps the others of a batch and refuses one, as JetStream may when it runs full."""

    refused: str | None = None

    def publish(self, messages: Sequence[BrokerMessage]) -> None:
        """Keep all but the refused one."""
        super().publish([message for message in messages if message.id != self.refused])
        if self.refused in [message.id for message in messages]:
            self.refused = None
            raise BrokerAway("it refused one")


@pytest.mark.slow
@pytest.mark.parametrize("refused", ["a1", "a2", "n1"])
def test_a_refused_message_does_not_change_a_users_order(
    engine: sa.Engine, keys: UserKeys, tmp_path: Path, refused: str
) -> None:
    """What comes after it of the same user waits for the repeat."""
    world = World(engine, keys, [RecordingConsumer()], None)
    nobody = msgspec.structs.replace(rated("n1"), data=SessionRevokedV1(credential="c", reason="r"), user=None)
    world.publish(rated("a1", "a"), rated("a2", "a"), nobody, rated("b1", "b"), rated("a3", "a"), rated("b2", "b"))
    with nats_server(tmp_path / "nats") as server:
        broker = Choosy([server.url], retention_s=STREAM_RETENTION_S)
        broker.refused = refused
        relay = Relay(engine, broker, clock=world.clock)
        with pytest.raises(BrokerAway):
            relay.step()
        assert (relay.step(), relay.step()) == (6, 0)
        broker.rewind("looking")
        delivered: list[str] = []
        until = time.monotonic() + DEADLINE_S
        while len(delivered) < 6 and time.monotonic() < until:
            delivered += [delivery.message.id for delivery in broker.receive("looking", 100, 1.0)]
        delivered += [delivery.message.id for delivery in broker.receive("looking", 100, 0.1)]
        broker.close()
    assert [id_ for id_ in delivered if id_.startswith("a")] == ["a1", "a2", "a3"]
    assert [id_ for id_ in delivered if id_.startswith("b")] == ["b1", "b2"]
    assert len(delivered) == 6
