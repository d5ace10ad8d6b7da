"""Builds what spans all modules: the erasure saga, receipts, the ledger and exports, from what modules retain."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from contracts.module import ModuleContext
from contracts.modules.erasure import CheckErasable, IdentityGrants
from contracts.modules.events import Consumer
from contracts.modules.retention import RetentionPolicy
from kit.sql.sessions import engine_of
from kit.times import utc_now
from resources.home import Home
from resources.privacy.erasure_ledger import open_ledger
from resources.privacy.export_archive import ExportArchives
from resources.privacy.module_eraser import ModuleEraser
from resources.sql.engine import empty_log
from services.events.delivery.worker import DeliveryWorker
from services.profile.declaration import key_of
from services.profile.erasure.routes import UserData
from services.profile.erasure.saga import ErasureDependencies, ErasureSaga, Receipts


class ErasureServices:
    """Built once by the process that serves or erases; `consumers` must be delivered to while `life` lasts.

    `policies` are the retention policies of all modules; all are exported. The last is that of events, which holds the
    messages themselves: it is erased when all others have answered, and then the others once more. `grants` are revoked
    at identity providers before a user is erased.
    """

    def __init__(
        self,
        home: Home,
        context: ModuleContext,
        policies: Sequence[RetentionPolicy],
        check_erasable: CheckErasable,
        grants: IdentityGrants | None,
    ) -> None:
        database, bus, clock = engine_of(context.database), context.bus, context.clock
        *others, events = policies
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
            last=[*others, events],
            ids=context.ids,
            clock=clock,
        )
        self.archives = ExportArchives(database, policies, home.root / "tmp", now=utc_now)
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
