"""Contracts in memory for the tests of the API: small, complete where the example schema asks, countable."""

import threading
import time
from typing import Any, cast

from api.context import ApiContext, ApiServices, Via
from contracts.access.audit import AuditEntry
from contracts.access.auth import UserView
from contracts.access.caller import Caller, Role
from contracts.benchmark.experiments import ExperimentView
from contracts.benchmark.launches import Launched, LaunchRequest, ProgressEvent
from contracts.paging import Page, PageRequest
from contracts.refusals import NotFound, Refusal, Unavailable

FAR = 4e9


def experiment(number: int) -> ExperimentView:
    """The experiment of that number; each extends the one before it."""
    return ExperimentView(
        name=f"tip-bench-{number:05}",
        source="collect",
        state="judged" if number % 2 else "pinned",
        created_at="2026-11-24T00:00:00+00:00",
        n_cells=number,
        n_scenarios=20,
        n_tips=3,
        coverage=0.95,
        provisional=False,
        archived=False,
        baseline="template/plain",
        max_cost=None if number % 3 else 1.5,
        rubric="tips@1",
        seed=7,
        failures="worst",
        extends=f"tip-bench-{number - 1:05}" if number else None,
        spec_hash=f"{number:064x}",
        version="1",
    )


class MemoryExperiments:
    """The reads that the example asks for; `requested` keeps every question."""

    def __init__(self, count: int) -> None:
        self.rows = [experiment(number) for number in range(count)]
        self.requested: list[Any] = []

    def page(self, request: PageRequest) -> Page[ExperimentView]:
        """By name."""
        self.requested.append(request)
        state = request.where.get("state")
        rows = [row for row in self.rows if state in {None, row.state}]
        if request.after is not None:
            rows = [row for row in rows if (row.name, row.name) > cast("tuple[str, str]", request.after)]
        shown = rows[: request.first]
        return Page(shown, [(row.name, row.name) for row in shown], len(rows) > request.first)

    def by_names(self, names: list[str]) -> list[ExperimentView | None]:
        """In order."""
        self.requested.append(names)
        known = {row.name: row for row in self.rows}
        return [known.get(name) for name in names]


class MemoryAudit:
    """Keeps entries; the thread of each is kept too."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.threads: list[int] = []

    def add(self, entry: AuditEntry) -> None:
        """Keep it."""
        self.threads.append(threading.get_ident())
        self.entries.append(entry)


class MemoryLaunches:
    """Launches nothing; `refuses` is raised, `steps` are a run's events."""

    def __init__(self) -> None:
        self.refuses: Exception | None = None
        self.launched: list[str] = []
        self.steps: list[ProgressEvent] = []

    def launch(self, request: LaunchRequest) -> Launched:
        """Remember it."""
        return self.rematerialize(request.experiment, "all", request.actor)

    def rematerialize(self, experiment: str, asset: str, actor: str) -> Launched:
        """Remember it."""
        if self.refuses is not None:
            raise self.refuses
        self.launched.append(f"{experiment} {asset} {actor}")
        return Launched(experiment, "run-1")

    def events(self, run_id: str, after: str | None) -> list[ProgressEvent]:
        """Those after the cursor."""
        if run_id == "broken":
            raise RuntimeError("postgres://root:hunter2@db/secret")
        if run_id != "run-1":
            raise NotFound("There is no such run.", ("runId",))
        return self.steps[0 if after is None else int(after) :]


class MemoryAuth:
    """Callers by their secret; `revoked` credentials are not live; `away` when the store cannot be asked."""

    def __init__(self) -> None:
        self.callers: dict[str, Caller] = {}
        self.revoked: set[str] = set()
        self.away = False

    def by_session(self, secret: str) -> Caller | None:
        """By the cookie's value."""
        self._reached()
        found = self.callers.get(secret)
        return found if found is not None and found.via == "session" else None

    def by_bearer(self, token: str) -> Caller | None:
        """By the token."""
        self._reached()
        found = self.callers.get(token)
        return found if found is not None and found.via == "token" else None

    def is_live(self, caller: Caller) -> bool:
        """Until revoked."""
        self._reached()
        return caller.credential not in self.revoked

    def _reached(self) -> None:
        if self.away:
            raise Unavailable("the store of users is away")

    def user(self, user: str) -> UserView | None:
        """One user."""
        known = {each.subject: each for each in self.callers.values()}
        found = known.get(user)
        return None if found is None else UserView(user, found.role, found.judge, "2026-11-24T00:00:00+00:00", None)


class MemoryServices:
    """The services of the above and callers of every role; `now` stands for the time where it is set."""

    def __init__(self, count: int = 30) -> None:
        self.now: float | None = None
        self.capacity = True
        self.auth, self.audit = MemoryAuth(), MemoryAudit()
        self.experiments, self.launches = MemoryExperiments(count), MemoryLaunches()
        for role in Role:
            name = role.name.lower()
            self.auth.callers[f"token-{name}"] = Caller(f"u-{name}", role, "token", f"t-{name}", FAR)
            self.auth.callers[f"session-{name}"] = Caller(f"u-{name}", role, "session", f"s-{name}", FAR)

    def has_capacity(self) -> bool:
        """Whether enough is left of the disk."""
        return self.capacity

    def clock(self) -> float:
        """Unix seconds."""
        return time.time() if self.now is None else self.now

    @property
    def services(self) -> ApiServices:
        """For the API; what the example does not ask is absent."""
        absent = cast("Any", None)
        return ApiServices(
            auth=cast("Any", self.auth),
            audit=cast("Any", self.audit),
            experiments=cast("Any", self.experiments),
            tips=absent,
            launches=cast("Any", self.launches),
            rounds=absent,
            uploads=absent,
            catalog_admin=absent,
            admin=absent,
            choices=absent,
            reviews=absent,
            trials=absent,
            judge_trials=absent,
            dead_letters=absent,
            erasures=absent,
            people=absent,
            notices=absent,
            connections=absent,
            policies=absent,
            policy_reports=absent,
            webhooks=absent,
            system=absent,
            clock=self.clock,
            has_capacity=self.has_capacity,
        )

    def context(self, role: Role | None = Role.ADMIN, via: Via = "http") -> ApiContext:
        """Of one operation by a caller of that role."""
        caller = None if role is None else self.auth.callers[f"token-{role.name.lower()}"]
        return ApiContext(self.services, caller, "request-1", "127.0.0.1", via)


def refusing(services: MemoryServices, refusal: Refusal) -> MemoryServices:
    """Services whose launches are refused."""
    services.launches.refuses = refusal
    return services
