"""Puts profile into the house: its module, the saga over every module that keeps something, its doors and consumers."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import sqlalchemy as sa
from starlette.requests import Request
from starlette.routing import Route

from contracts.access import Caller, Role
from contracts.auth import Auth
from contracts.events import Bus, Consumer
from contracts.home import HomeSection
from contracts.keeping import Keeper
from contracts.paging import PageRequest
from contracts.profile import Grants, MayErase, Person, SignedInLately
from contracts.refusals import Conflict, NotFound
from contracts.sealing import Sealer
from resources.audit import AuditTable
from resources.database import empty_log
from resources.erasing import ModuleEraser
from resources.erasure_ledger import open_ledger
from resources.exporting import Archives
from resources.home import Home
from services.auth.module import AuthModule
from services.auth.users import LOCAL_ADMIN
from services.events.pump import Pump
from services.gateway.answers import problem
from services.gateway.edge import caller_of
from services.profile.home import ProfileHome
from services.profile.http import ProfileDoor
from services.profile.module import ProfileModule
from services.profile.saga import ErasureSaga, Outside, Receipts
from wiring.audited import entry_of
from wiring.auth import build_identities
from wiring.events import Events
from wiring.house import utc_now
from wiring.house_keys import HouseKeys
from wiring.keeping import keepers_of
from wiring.remote import remote_profile
from wiring.settings import Settings
from wiring.sign_in import build_grants

LATELY_S = 600.0


class ProfileRoom:
    """Built once by whoever serves or erases; deliver `consumers` for as long as `life` lasts.

    `keepers` are every module that keeps tables; all are exported. The last of them holds the messages themselves: it
    is erased when all others have answered, and then the others once more. `remote` is profile in a process of its own;
    erasing and exporting are not. `grants` are taken back at identity providers before a user is erased.
    """

    def __init__(
        self,
        home: Home,
        database: sa.Engine,
        auth: Auth,
        bus: Bus,
        sealer: Sealer,
        keepers: Sequence[Keeper],
        *,
        remote: Person | None = None,
        grants: Grants | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        key = home.secret("profile")
        self.module: Person = remote or ProfileModule(database, sealer, bus, key, ids=new_id, clock=clock)
        *asked, events = keepers
        outside = Outside(
            may_erase=may_erase(auth),
            ledger=open_ledger(home),
            sealer=sealer,
            scrub=lambda: empty_log(database),
            grants=grants,
        )
        names = [keeper.name for keeper in asked]
        self.saga = ErasureSaga(
            database, bus, key, outside, modules=names, last=[*asked, events], ids=new_id, clock=clock
        )
        self.archives = Archives(database, keepers, home.root / "tmp", now=utc_now)
        erasers = [ModuleEraser(keeper, bus, ids=new_id, now=utc_now) for keeper in asked]
        self.consumers: list[Consumer] = [Receipts(clock), *erasers]
        self._auth, self._audit, self._clock = auth, AuditTable(database), clock

    def routes(self) -> list[Route]:
        """Its doors, behind the edge."""
        door = ProfileDoor(
            self.module,
            self.module,
            self.saga,
            self.archives,
            caller_of=caller_of,
            lately=signed_in_lately(self._auth, self._clock),
            problem=problem,
            record=self._record,
        )
        return door.routes()

    def sections(self) -> dict[str, HomeSection]:
        """Its part of the first screen."""
        return {"profile": ProfileHome(self.module, self.module)}

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """End what modules have answered, in a thread, for as long as the block lasts."""
        pump = Pump(self.saga.step, "erasures")
        pump.start()
        try:
            yield
        finally:
            await asyncio.to_thread(pump.stop)

    def _record(self, request: Request, caller: Caller, operation: str, target: str, outcome: str) -> None:
        self._audit.add(entry_of(request, caller, operation, target, outcome))


def build_profile(
    settings: Settings, database: sa.Engine, auth: AuthModule, events: Events, keys: HouseKeys
) -> ProfileRoom:
    """On open, migrated stores; its consumers are handed to `events`, so before their life begins."""
    keepers, elsewhere = keepers_of(database, auth, keys), settings.modules.profile
    remote = remote_profile(settings.home, elsewhere) if elsewhere else None
    grants = build_grants(settings, database, build_identities(keys))
    room = ProfileRoom(settings.home, database, auth, events.bus, keys.sealer, keepers, remote=remote, grants=grants)
    events.consume(*room.consumers)
    return room


def new_id() -> str:
    """A random UUID as text."""
    return str(uuid.uuid4())


def may_erase(auth: Auth) -> MayErase:
    """Whoever is a person of ours and leaves an admin behind."""

    def check(user: str, leaving: frozenset[str]) -> None:
        facts = auth.user(user)
        if facts is None:
            raise NotFound("there is no such user", ("user",))
        if _of_the_house(user):
            raise Conflict("this account belongs to the house and not to a person", ("user",))
        if facts.role == Role.ADMIN:
            admins = auth.users(PageRequest(first=1000, where={"role": Role.ADMIN})).rows
            if not any(admin.id not in {user, *leaving} and not _serves(admin.id) for admin in admins):
                raise Conflict("this is the last admin: make somebody else admin first", ("user",))

    return check


def signed_in_lately(auth: Auth, clock: Callable[[], float]) -> SignedInLately:
    """By when the caller's own session began."""

    def lately(caller: Caller) -> bool:
        if caller.via != "session":
            return False
        mine = [facts for facts in auth.credentials(caller.subject) if facts.id == caller.credential]
        began = [datetime.fromisoformat(facts.created_at).timestamp() for facts in mine if facts.revoked_at is None]
        return any(0 <= clock() - moment <= LATELY_S for moment in began)

    return lately


def _serves(user: str) -> bool:
    return user.startswith("service-")


def _of_the_house(user: str) -> bool:
    return user == LOCAL_ADMIN or _serves(user)
