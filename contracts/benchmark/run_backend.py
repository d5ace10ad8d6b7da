"""What runs the steps of experiments: submits, watches and cancels runs, and knows nothing of pins and options."""

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from contracts.benchmark.experiments import RunView
from contracts.benchmark.launches import Asset, BackfillView, ProgressEvent
from contracts.paging import Page, PageRequest

Job = Literal["benchmark", "publish", "export"]


class RunRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a job for one experiment, submitted by the user `actor`.

    `assets` are the only steps, None for all of the job; `collecting` the switches of the collecting step by name; by
    `key` the run is found again after a crash; `backfill` groups runs.
    """

    job: Job
    experiment: str
    actor: str
    assets: tuple[Asset, ...] | None = None
    collecting: Mapping[str, bool] = {}
    key: str | None = None
    backfill: str | None = None


class RunBackend(Protocol):
    """Runs jobs of experiments; blocking, safe from several threads."""

    def check(self) -> None:
        """Raise Unavailable while no run can be submitted."""
        ...

    def submit(self, request: RunRequest) -> str:
        """Queue a run and return its id; raise Unavailable."""
        ...

    def submit_again(self, run_id: str, actor: str) -> str:
        """Queue a run of the same job, steps, settings and experiment as another; raise NotFound or Unavailable."""
        ...

    def equal(self, request: RunRequest, *, under_way: bool) -> str | None:
        """Return the id of a queued run that will do the same, None without one; `under_way` includes started ones."""
        ...

    def by_key(self, key: str) -> str | None:
        """Return the id of the run that was submitted with this key, or None."""
        ...

    def cancel(self, run_id: str) -> None:
        """Cancel a queued or running run; one that has ended stays as it is.

        Raise NotFound, Conflict for a run that cannot be canceled from here, Unavailable if it could not be told.
        """
        ...

    def run(self, run_id: str) -> RunView:
        """Return one run; raise NotFound if the id is unknown."""
        ...

    def runs(self, experiment: str, request: PageRequest) -> Page[RunView]:
        """Return the experiment's runs, newest first; `where` may hold status."""
        ...

    def events(self, run_id: str, after: str | None) -> list[ProgressEvent]:
        """Return events after the cursor, oldest first; raise NotFound, or InvalidCursor for one of another run."""
        ...

    def backfill(self, backfill: str) -> BackfillView:
        """Return what became of the runs of one backfill."""
        ...

    def backfills(self, request: PageRequest) -> Page[BackfillView]:
        """Return backfills, newest first."""
        ...

    def run_under_way(self, experiment: str) -> str | None:
        """Return a run of the experiment that has not ended, by its id, or None."""
        ...

    def remove(self, experiment: str) -> str | None:
        """Forget the experiment; return a sentence if something of it remains listed."""
        ...
