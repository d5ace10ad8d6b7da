"""A run backend in memory: what a launcher other than Dagster has to do, and no more."""

from typing import NamedTuple

from msgspec.structs import replace

from contracts.benchmark.experiments import RunView
from contracts.benchmark.launches import BackfillView, ProgressEvent
from contracts.benchmark.run_backend import RunRequest
from contracts.paging import Page, PageRequest
from contracts.refusals import NotFound, Unavailable


class SubmittedRun(NamedTuple):
    """A run that was submitted, and its status."""

    request: RunRequest
    status: str


class MemoryBackend:
    """Implements contracts.benchmark.run_backend.RunBackend; nothing is executed, a test says what becomes of runs."""

    def __init__(self) -> None:
        self.submitted: dict[str, SubmittedRun] = {}
        self.is_away = False

    def check(self) -> None:
        """Raise Unavailable while it is away."""
        if self.is_away:
            raise Unavailable("away")

    def submit(self, request: RunRequest) -> str:
        """Keep the request as a queued run."""
        self.check()
        run_id = f"run-{len(self.submitted)}"
        self.submitted[run_id] = SubmittedRun(request, "queued")
        return run_id

    def submit_again(self, run_id: str, actor: str) -> str:
        """Submit an equal request of another actor."""
        return self.submit(replace(self._one(run_id).request, actor=actor, key=None))

    def equal(self, request: RunRequest, *, under_way: bool) -> str | None:
        """Return a queued run of the same job, experiment and switches, or a running one too."""
        statuses = {"queued", "running"} if under_way else {"queued"}
        for run_id, (other, status) in self.submitted.items():
            same = replace(other, actor=request.actor, key=request.key) == request
            if same and status in statuses:
                return run_id
        return None

    def by_key(self, key: str) -> str | None:
        """Return the run with this key."""
        return next((run_id for run_id, (request, _) in self.submitted.items() if request.key == key), None)

    def cancel(self, run_id: str) -> None:
        """Set the run canceled unless it has ended."""
        if self._one(run_id).status in {"queued", "running"}:
            self.become(run_id, "canceled")

    def become(self, run_id: str, status: str) -> None:
        """Set the status of a run."""
        self.submitted[run_id] = SubmittedRun(self._one(run_id).request, status)

    def run(self, run_id: str) -> RunView:
        """Return the run; raise NotFound."""
        request, status = self._one(run_id)
        return RunView(
            id=run_id, experiment=request.experiment, job=request.job, status=status, outcome=None, created_at="",
            started_at=None, ended_at=None, done=None, expected=None, failed=None, cost=None,
            launched_by=request.actor, backfill=request.backfill,
        )  # fmt: skip

    def runs(self, experiment: str, request: PageRequest) -> Page[RunView]:
        """Return no page: these tests list nothing."""
        raise NotImplementedError

    def events(self, run_id: str, after: str | None) -> list[ProgressEvent]:  # noqa: ARG002  # the protocol's signature
        """Return no events, as nothing is executed."""
        self._one(run_id)
        return []

    def backfill(self, backfill: str) -> BackfillView:
        """Return the experiments of the runs with this backfill."""
        names = [request.experiment for request, _ in self.submitted.values() if request.backfill == backfill]
        return BackfillView(
            id=backfill, source="tipbench", status="running", created_at="", experiments=names, n_done=0, n_failed=0
        )

    def backfills(self, request: PageRequest) -> Page[BackfillView]:
        """Return no page: these tests list nothing."""
        raise NotImplementedError

    def run_under_way(self, experiment: str) -> str | None:
        """Return a queued or running run of the experiment."""
        under_way = {"queued", "running"}
        found = (
            run
            for run, (each, status) in self.submitted.items()
            if each.experiment == experiment and status in under_way
        )
        return next(found, None)

    def remove(self, experiment: str) -> str | None:  # noqa: ARG002  # the protocol's signature
        """Return None, as nothing remains listed."""
        return None

    def _one(self, run_id: str) -> SubmittedRun:
        if run_id not in self.submitted:
            raise NotFound("there is no such run")
        return self.submitted[run_id]
