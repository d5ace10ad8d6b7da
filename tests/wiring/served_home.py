"""Auth, events and profile on a real home, put together as the server does."""

from pathlib import Path

from contracts.access.caller import Role
from tests.migrated_home import open_migrated
from wiring.keys import home_keys
from wiring.modules.auth import build_auth
from wiring.modules.events import build_events
from wiring.modules.running import build_modules
from wiring.settings import read_settings

CANARY = "CANARY-9d2e"


class ServedHome:
    """Auth, events and profile on a home, behind the edge of the server."""

    def __init__(self, root: Path, **environ: str) -> None:
        self.settings = read_settings({"TIPBENCH_HOME": str(root), **environ}, root, None)
        self.database = open_migrated(self.settings.home, None)
        self.keys = home_keys(self.settings.home)
        self.events = build_events(self.settings, self.database, self.keys.sealer)
        self.auth = build_auth(self.settings, self.database, bus=self.events.bus)
        self.modules = build_modules(self.settings, self.database, self.auth, self.events, self.keys)

    def person(self, role: Role = Role.USER) -> tuple[str, str]:
        """Id and session's secret of somebody new."""
        signed = self.auth.redeem(self.auth.invite(role, None, "tester").secret)
        return signed.caller.subject, signed.secret
