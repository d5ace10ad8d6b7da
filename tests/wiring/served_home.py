"""Auth, events and profile on a real home, put together as the server does."""

from pathlib import Path

from starlette.routing import Router
from starlette.types import Scope

from contracts.access.caller import Caller, Role
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import authenticate
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from tests.migrated_home import open_migrated
from wiring.keys import home_keys
from wiring.modules.auth import build_auth
from wiring.modules.context import new_id
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

    def edge(self, origin: str) -> EdgeMiddleware:
        """The routes of the modules behind the edge, for browsers on pages of that origin."""
        policy = BrowserPolicy(frozenset({origin}))

        async def who(scope: Scope) -> Caller | None:
            return await authenticate(scope, self.auth, policy)

        rules = EdgeRules(frozenset({origin.partition("://")[2]}))
        app = Router(self.modules.routes({}, policy.may_change))
        return EdgeMiddleware(app, rules, authenticate=who, may_change=policy.may_change, new_id=new_id)
