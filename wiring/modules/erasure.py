"""Builds what spans all modules: the erasure saga, receipts, the ledger and exports, from what modules retain."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from contracts.module import ModuleContext
from contracts.modules.erasure import CheckErasable, IdentityGrants
from contracts.modules.events import Consumer
from contracts.modules.profile import Person
from contracts.modules.retention import PartsRetention, RetentionPolicy
from contracts.refusals import Unavailable
from contracts.routes import Service
from kit.sql.sessions import engine_of
from kit.times import utc_now
from resources.home import Home
from resources.privacy.erasure_ledger import open_ledger
from resources.privacy.export_archive import ExportArchives
from resources.privacy.module_eraser import ModuleEraser
from resources.sql.engine import empty_log
from services.events.delivery.worker import DeliveryWorker
from services.profile.declaration import PROFILE, key_of
from services.profile.erasure.routes import UserData
from services.profile.erasure.saga import ErasureDependencies, ErasureSaga, Receipts
from wiring.modules import all_modules


def person_among(services: Mapping[str, Service]) -> Person:
    """Return profiles and consents, of the modules' services by name."""
    person: Person = services[PROFILE.name]
    return person


@dataclass(frozen=True)
class AllGrants:
    """Implements contracts.modules.erasure.IdentityGrants for several, each of which may be in another process."""

    parts: Sequence[IdentityGrants]

    def held(self, user: str) -> bool:
        """Return whether any holds a grant, or cannot say so now."""
        return any(_may_hold(part, user) for part in self.parts)

    def take_back(self, user: str) -> bool:
        """Revoke all grants of all; raise what the first raises that is to be tried again, once all were tried."""
        failed, back = list[Exception](), True
        for part in self.parts:
            try:
                back = part.take_back(user) and back
            except Exception as error:  # noqa: BLE001  # raised below: one that is away holds up no other
                failed.append(error)
        if failed:
            raise failed[0]
        return back


def _may_hold(part: IdentityGrants, user: str) -> bool:
    try:
        return part.held(user)
    except Unavailable:
        return True


class ErasureServices:
    """Built once by the process that serves or erases; `consumers` must be delivered to while `life` lasts.

    `policies` are the retention policies of all modules, `parts` what they retain beside the database; all are
    exported. What is `erased_last` by its module's record is erased when all others have answered, and then the others
    once more. `grants` are revoked at identity providers before a user is erased.
    """

    def __init__(
        self,
        home: Home,
        context: ModuleContext,
        policies: Sequence[RetentionPolicy],
        parts: Mapping[str, Sequence[PartsRetention]],
        check_erasable: CheckErasable,
        grants: IdentityGrants | None,
    ) -> None:
        database, bus, clock = engine_of(context.database), context.bus, context.clock
        at_the_end = {module.name for module in all_modules() if module.erased_last}
        others = [policy for policy in policies if policy.name not in at_the_end]
        dependencies = ErasureDependencies(
            check_erasable=check_erasable,
            ledger=open_ledger(home),
            sealer=context.sealer,
            scrub=lambda: empty_log(database),
            grants=grants,
        )
        self.saga = ErasureSaga(
            database,
            bus,
            key_of(context),
            dependencies,
            modules=[policy.name for policy in others],
            last=[*others, *(policy for policy in policies if policy.name in at_the_end)],
            parts=[each for retained in parts.values() for each in retained],
            ids=context.ids,
            clock=clock,
        )
        self.archives = ExportArchives(database, policies, home.root / "tmp", now=utc_now, parts=parts)
        erasers = [ModuleEraser(policy, bus, ids=context.ids, now=utc_now) for policy in others]
        self.consumers: list[Consumer] = [Receipts(clock), *erasers]
        self.service = UserData(self.saga, self.archives)

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Complete erasures that modules have answered, in a thread, while the block runs."""
        worker = DeliveryWorker(self.saga.step, "erasures")
        worker.start()
        try:
            yield
        finally:
            await asyncio.to_thread(worker.stop)
