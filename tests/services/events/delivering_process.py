"""Forks processes that deliver: `python -m tests.services.events.delivering_process FOLDER DATABASE [NATS [WAIT_S]]`.

For each line of its input a process that has all modules forks one that says `delivering PID` and delivers until it is
killed; then the line `ended` follows.
"""

import contextlib
import os
import sys
import time
import traceback
from pathlib import Path
from typing import NoReturn

from contracts.modules.broker import BrokerAway
from resources.events.nats_broker import NatsBroker
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from resources.sql.engine import open_engine
from services.events.retention import STREAM_RETENTION_S
from tests.services.events.world import RecordingConsumer, World


def _deliver(folder: Path, database: str, nats: str | None = None, ack_wait_s: str = "30") -> NoReturn:
    engine = open_engine(database)
    keys = UserKeys(UserKeyFile(folder / "user-keys" / "keys.db"), b"k" * 32)
    broker = (
        NatsBroker([nats], retention_s=STREAM_RETENTION_S, ack_wait_s=float(ack_wait_s)) if nats is not None else None
    )
    world = World(engine, keys, [RecordingConsumer()], broker)
    print(f"delivering {os.getpid()}", flush=True)
    while True:
        with contextlib.suppress(BrokerAway):
            world.settle()
        time.sleep(0.005)


if __name__ == "__main__":
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                _deliver(Path(sys.argv[1]), *sys.argv[2:])
            except BaseException:  # noqa: BLE001  # a fork must not go on with its parent's loop
                traceback.print_exc()
            os._exit(1)
        os.waitpid(pid, 0)
        print("ended", flush=True)
