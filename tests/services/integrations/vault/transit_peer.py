"""A key management service that a test starts, ends and starts again, at the same address with the same keys."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.egress.transport import Limits
from services.integrations.settings import IntegrationsTable, KeyServiceTable
from services.integrations.vault.key_service import TransitKeyService
from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.services.integrations.vault.transit_server import new_state

TOKEN, KEY = "hvs.CANARY-token", "tipbench"


class TransitPeer:
    """The process, where one runs; its state is a file that tests change."""

    def __init__(self, state: Path, port: int) -> None:
        self.state, self.port = state, port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return once it listens."""
        module = "tests.services.integrations.vault.transit_server"
        command = [sys.executable, "-m", module, str(self.state), str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert int(self._process.stdout.readline()) == self.port

    def stop(self) -> None:
        """End it at once, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def change(self, **said: Any) -> None:
        """Have other tokens, keys or bounds."""
        self.state.write_text(json.dumps(json.loads(self.state.read_text()) | said))

    def service(self, key: str = KEY, token: str = TOKEN) -> TransitKeyService:
        """Return what this server asks it by."""
        exceptions, limits = frozenset({("127.0.0.1", self.port)}), Limits(total_s=DEADLINE_S)
        at = f"http://127.0.0.1:{self.port}/v1/transit"
        return TransitKeyService(at=at, key=key, token=token, exceptions=exceptions, limits=limits)

    def settings(self) -> IntegrationsTable:
        """Return the settings that name it."""
        own = KeyServiceTable(at=f"http://127.0.0.1:{self.port}", key=KEY, token_env="KMS_TOKEN")
        return IntegrationsTable(kms=own)


@contextmanager
def transit(folder: Path) -> Iterator[TransitPeer]:
    """Give a running service with one key."""
    state = folder / "transit.json"
    state.write_text(json.dumps(new_state(TOKEN, KEY)))
    with reserved_port() as port:
        peer = TransitPeer(state, port)
        peer.start()
        try:
            yield peer
        finally:
            peer.stop()
