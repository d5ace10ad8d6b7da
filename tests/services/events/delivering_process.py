"""Delivers until it is killed: `python -m tests.services.events.delivering_process FOLDER DATABASE [NATS [WAIT_S]]`."""

import contextlib
import sys
import time
from pathlib import Path

from contracts.modules.broker import BrokerAway
from resources.events.nats_broker import NatsBroker
from resources.privacy.user_keys import UserKeys
from resources.sql.engine import open_engine
from services.events.retention import STREAM_RETENTION_S
from tests.services.events.world import RecordingConsumer, World

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    engine = open_engine(sys.argv[2])
    keys = UserKeys(folder / "user-keys" / "keys.db", b"k" * 32)
    ack_wait_s = float(sys.argv[4]) if len(sys.argv) > 4 else 30.0
    broker = (
        NatsBroker([sys.argv[3]], retention_s=STREAM_RETENTION_S, ack_wait_s=ack_wait_s) if len(sys.argv) > 3 else None
    )
    world = World(engine, keys, [RecordingConsumer()], broker)
    print("delivering", flush=True)
    while True:
        with contextlib.suppress(BrokerAway):
            world.settle()
        time.sleep(0.005)
