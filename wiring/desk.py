"""What the benchmark's doors ask: reads, launches, judge rounds, the catalog, the audit log."""

import secrets
import time
from collections.abc import Callable

from api.context import Desk
from contracts.access import Role
from resources.admin.experiments import LakeExperiments
from resources.admin.records import ExperimentRecords
from resources.admin.shelf import CatalogShelf
from resources.audit import AuditTable
from resources.judging.room import JudgingRoom
from services.auth.caller import RememberingAuth
from wiring.parts import Parts


def desk_of(parts: Parts, audit: AuditTable) -> tuple[Desk, JudgingRoom]:
    """The desk of the API, and its room of judge rounds, which uploads and webhooks ask too."""
    house, launches = parts.house, parts.launches
    reads = LakeExperiments(house)
    rounds = JudgingRoom(
        house,
        parts.database,
        clock=time.time,
        chance=secrets.token_bytes,
        ask_export=launches.export,
        ask_publish=launches.publish,
        still_allowed=_still_allowed(parts.asks),
    )
    desk = Desk(
        auth=parts.asks,
        audit=audit,
        experiments=reads,
        launches=launches,
        rounds=rounds,
        shelf=CatalogShelf(house),
        admin=ExperimentRecords(house, reads),
    )
    return desk, rounds


def _still_allowed(auth: RememberingAuth) -> Callable[[str, Role], bool]:
    def allowed(actor: str, role: Role) -> bool:
        user = auth.user(actor)
        return user is not None and user.role >= role

    return allowed
