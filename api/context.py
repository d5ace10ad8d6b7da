"""What resolvers get: the caller, what is known of the request, and the contracts that answer."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, ParamSpec, TypeVar, cast

import msgspec
import strawberry
from strawberry.dataloader import DataLoader

from api.limits.compute_pool import ComputePool
from api.limits.look_pace import LookPace
from contracts.access.audit import AuditLog
from contracts.access.auth import Auth
from contracts.access.caller import Caller
from contracts.benchmark.catalog_admin import CatalogAdmin
from contracts.benchmark.choices import CellChoosing
from contracts.benchmark.experiment_admin import ExperimentAdmin
from contracts.benchmark.experiments import Experiments
from contracts.benchmark.launches import Launches
from contracts.benchmark.tips import Tips
from contracts.benchmark.trials import JudgeTrialing, Trials
from contracts.integrations.administration import ConnectionAdministration
from contracts.integrations.webhooks import WebhookAdministration
from contracts.judge_reviews import JudgeReviews
from contracts.judging import Rounds, ScoreUploads
from contracts.modules.erasure import Erasures
from contracts.modules.notice_administration import NoticeAdministration
from contracts.modules.profile import Person
from contracts.operations import DeadLetters, HealthSource
from contracts.refusals import Refusal
from contracts.tips.policy_administration import PolicyAdministration
from contracts.tips.policy_report import PolicyReports
from core.canonical import content_hash

_NAMING = re.compile(r"[a-z0-9][a-z0-9:-]{0,79}")
"""What our names and ids look like; anything else that a caller typed is recorded as a hash."""


def named(text: str) -> str:
    """Return an id as it is; of other text a part of its hash, since it may be an address, a name or a comment."""
    return text if _NAMING.fullmatch(text) else f"sha256:{content_hash(text)[:16]}"


class ClientDisconnected(Refusal):
    """A client that left before its answer was computed."""

    code = "INCOMPLETE"


P = ParamSpec("P")
Answer = TypeVar("Answer")
Key = TypeVar("Key")
Via = Literal["http", "sse", "websocket"]


@dataclass(frozen=True)
class ApiServices:
    """The contracts that resolvers call; `clock` gives Unix seconds, `computing` runs what takes long.

    `looks` says when a subscription may look for what is new. While `has_capacity()` is false nobody but admins changes
    anything.
    """

    auth: Auth
    audit: AuditLog
    experiments: Experiments
    tips: Tips
    launches: Launches
    rounds: Rounds
    uploads: ScoreUploads
    catalog_admin: CatalogAdmin
    admin: ExperimentAdmin
    choices: CellChoosing
    reviews: JudgeReviews
    trials: Trials
    judge_trials: JudgeTrialing
    dead_letters: DeadLetters
    erasures: Erasures
    people: Person
    notices: NoticeAdministration
    connections: ConnectionAdministration
    policies: PolicyAdministration
    policy_reports: PolicyReports
    webhooks: WebhookAdministration
    system: HealthSource
    clock: Callable[[], float] = time.time
    has_capacity: Callable[[], bool] = lambda: True
    computing: ComputePool = field(default_factory=ComputePool)
    looks: LookPace = field(default_factory=LookPace)


@dataclass
class Note:
    """What a mutation adds to its audit row: ids and hashes, never a name or text.

    `hidden` are arguments of which not even a hash is written, since it could be guessed from.
    """

    target: str = ""
    hidden: set[str] = field(default_factory=set)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)


async def in_thread(function: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> Answer:
    """Call a blocking contract in a thread and return its answer; pass on the Refusal that it raises.

    A Refusal becomes a member of the field's union where the union has that failure, else an error with its code.
    """
    return await asyncio.to_thread(function, *args, **kwargs)


class ApiContext:
    """The context of one operation, never of a connection: loaders must not serve what an earlier operation read.

    `address` is the peer's, for rate limits only; `via` is how the operation came in. `until_disconnected` returns once
    the client is gone; None where the operation is cancelled then. `spend(units)` charges what shows only then. The
    answer may be `compressible`, which that of a mutation never is: some of them hold a secret. `owed` are the units
    of an event that the next look pays for.
    """

    __slots__ = (
        "_loaders",
        "address",
        "caller",
        "compressible",
        "cost",
        "noted",
        "owed",
        "request_id",
        "services",
        "spend",
        "until_disconnected",
        "via",
    )

    def __init__(
        self, services: ApiServices, caller: Caller | None, request_id: str, address: str = "", via: Via = "http"
    ) -> None:
        self.services, self.caller, self.request_id, self.address, self.via = services, caller, request_id, address, via
        self.cost, self.owed, self.compressible = 0, 0, False
        self.spend: Callable[[float], None] = lambda _: None
        self.until_disconnected: Callable[[], Awaitable[None]] | None = None
        self.noted = Note()
        self._loaders: dict[Any, DataLoader[Any, Any]] = {}

    @property
    def known(self) -> Caller:
        """Return the caller of a gated field; raise RuntimeError when nobody is signed in."""
        if self.caller is None:
            raise RuntimeError("no caller: the field has no gate")
        return self.caller

    def note(
        self, target: str | None = None, before: dict[str, str] | None = None, after: dict[str, str] | None = None
    ) -> None:
        """Add to the running mutation's audit row: its target, ids and hashes before and after."""
        if target is not None:
            self.noted.target = named(target)
        self.noted.before.update(before or {})
        self.noted.after.update(after or {})

    def hide(self, argument: str) -> None:
        """Leave an argument out of the hash in the running mutation's audit row."""
        self.noted.hidden.add(argument)

    async def compute(self, function: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> Answer:
        """Call a contract that computes for long, in the pool for such calls, and return its answer.

        Equal calls under way are one. Raise QueueFull beyond the caller's places, or ClientDisconnected.
        """
        key = content_hash([function.__qualname__, msgspec.to_builtins([args, kwargs])])
        pool, who = self.services.computing, self.known.subject
        answer = asyncio.ensure_future(pool.run(who, key, lambda: function(*args, **kwargs)))
        if self.until_disconnected is None:
            return cast("Answer", await answer)
        disconnected = asyncio.ensure_future(self.until_disconnected())
        try:
            await asyncio.wait({answer, disconnected}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise ClientDisconnected("The client is gone.")
            return cast("Answer", answer.result())
        finally:
            answer.cancel()
            disconnected.cancel()

    async def load(self, read: Callable[[ApiServices, list[Key]], list[Answer | None]], key: Key) -> Answer | None:
        """Return what `read` finds for `key`, None for nothing.

        All keys that the operation loads at the same moment go to `read` in one call, at most 1,000; it answers in
        their order.
        """
        loader = self._loaders.get(read)
        if loader is None:

            async def batch(keys: list[Key]) -> list[Answer | None]:
                return await in_thread(read, self.services, keys)

            loader = self._loaders[read] = DataLoader(load_fn=batch, max_batch_size=1_000)
        found: Answer | None = await loader.load(key)
        return found

    async def look(self) -> None:
        """Wait until this subscription may look again for what is new; the event before it is paid for by that."""
        owed, self.owed = self.owed, 0
        await self.services.looks.take(self.known.subject, owed)

    def forget(self) -> None:
        """Drop what was loaded, so that the next event of a subscription reads anew."""
        self._loaders.clear()


Info = strawberry.Info[ApiContext, None]
