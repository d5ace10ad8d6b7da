"""What can be read of the benchmark: experiments, cells, runs, tips, leaderboards, checks."""

from typing import Any, Literal, Protocol

import msgspec

from contracts.paging import Page, PageRequest
from core.benchmark.records import JudgeKind
from core.scoring.cell_differences import CellPair
from core.scoring.checks import CheckResult
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow

Slice = Literal["area", "locale"]


class ExperimentView(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment.

    `state` is pinned, collecting, collected, exported or judged; `version` changes with anything that a reader could
    see: pin, records, runs, candidates, scores, leaderboards.
    """

    name: str
    source: str
    state: str
    created_at: str
    n_cells: int
    n_scenarios: int
    n_tips: int
    coverage: float
    provisional: bool
    archived: bool
    baseline: str
    max_cost: float | None
    rubric: str
    seed: int
    failures: str
    extends: str | None
    spec_hash: str
    mlflow_url: str | None = None
    version: str


class SummaryView(msgspec.Struct, frozen=True, kw_only=True):
    """What a list shows of an experiment beside its view.

    `cost` is what was spent in USD, None where nothing is known of it; `last_activity_at` the last time at which
    something was pinned, collected or published; `leader` the first row of the leaderboard in force, None without a
    score.
    """

    cost: float | None
    last_activity_at: str
    leader: LeaderboardRow | None


class ExperimentRow(msgspec.Struct, frozen=True):
    """One row of `experiments`, the same in CLI, REST and GraphQL; `coverage` is that of its least covered cell."""

    name: str
    state: str
    created_at: str
    n_cells: int
    coverage: float
    provisional: bool


CollectingStatus = Literal["running", "done", "partial", "failed", "interrupted"]


class RunRecord(msgspec.Struct, frozen=True):
    """One row of `runs NAME`, the same in CLI and REST.

    Times are ISO 8601 in UTC, `cost` the experiment's total in USD. Judging by models stands apart: items `judged` of
    those `to_judge` when the run came to it, and the experiment's total `judge_cost` in USD.
    """

    run_id: str
    status: CollectingStatus
    started_at: str
    ended_at: str | None
    done: int
    expected: int
    failed: int
    cost: float
    judged: int = 0
    to_judge: int = 0
    judge_cost: float = 0.0


class CellProgressView(msgspec.Struct, frozen=True, array_like=True):
    """How far a collecting run is with one cell; `failed` counts final outcomes that are no text."""

    done: int
    failed: int
    expected: int


class CellView(msgspec.Struct, frozen=True, kw_only=True):
    """One (model, prompt) cell as collected; None is not known."""

    model: str
    prompt: str
    expected: int
    n_text: int
    n_failed: int
    n_refused: int
    tokens_in: float | None
    tokens_out: float | None
    cost: float | None
    latency_p50_ms: float | None
    latency_p95_ms: float | None


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """A Dagster run of the experiment's partition, with the progress of collecting if it collected.

    `status` is queued, starting, running, success, failure, canceling or canceled; `outcome` is the collecting run's
    done, partial, failed or interrupted. `done` of `expected` generations, `cost` in USD by then; `judged`, `to_judge`
    and `judge_cost` as in RunRecord.
    """

    id: str
    experiment: str
    job: str
    status: str
    outcome: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None
    done: int | None
    expected: int | None
    failed: int | None
    cost: float | None
    judged: int | None = None
    to_judge: int | None = None
    judge_cost: float | None = None
    launched_by: str | None
    backfill: str | None


class CandidateView(msgspec.Struct, frozen=True, kw_only=True):
    """One generation of an experiment; `text` is the tip after cuts, None unless `outcome` is text."""

    id: str
    model: str
    prompt: str
    scenario_id: str
    area: str | None
    locale: str | None
    tip_index: int
    outcome: str
    text: str | None
    tokens_in: int | None
    tokens_out: int | None
    latency_ms: float | None
    cost: float | None
    error: str | None


class LeaderboardView(msgspec.Struct, frozen=True, kw_only=True):
    """A leaderboard; `snapshot` is the hash of its data, `published_at` None when it was computed on the spot."""

    experiment: str
    snapshot: str
    published_at: str | None
    rows: list[LeaderboardRow]
    slices: list[SliceRow] = []


class SnapshotView(msgspec.Struct, frozen=True):
    """A published leaderboard that is still stored."""

    snapshot: str
    published_at: str


class RecordedJudge(msgspec.Struct, frozen=True):
    """A judge on an experiment's record, named at its launch or since."""

    judge: str
    kind: JudgeKind


PublishedFile = Literal["csv", "parquet", "html"]
"""What a published leaderboard can be downloaded as; html is its report."""


class PublishedBytes(msgspec.Struct, frozen=True):
    """A file of a published leaderboard, with the hash of its data."""

    snapshot: str
    data: bytes


class Experiments(Protocol):
    """Reads experiments; blocking, safe from several threads; NotFound for an unknown name."""

    def page(self, request: PageRequest) -> Page[ExperimentView]:
        """Return experiments by `name` (default) or `created_at`.

        `where` may hold state, archived (default False) and search, a part of the name.
        """
        ...

    def rows(self) -> list[ExperimentRow]:
        """Return every experiment that is not archived, by name: what `tipbench experiments` prints."""
        ...

    def collecting_runs(self, name: str) -> list[RunRecord]:
        """Return collecting runs by start: what `tipbench runs NAME` prints."""
        ...

    def by_names(self, names: list[str]) -> list[ExperimentView | None]:
        """Return one view for each name, in the order of the names; None for an unknown one."""
        ...

    def summaries(self, names: list[str]) -> list[SummaryView | None]:
        """Return one summary for each name, in the order of the names; None for one unknown or unreadable."""
        ...

    def spec(self, name: str) -> dict[str, Any]:
        """Return the pinned spec as JSON."""
        ...

    def cells(self, name: str) -> list[CellView]:
        """Return the cells in the order of the spec."""
        ...

    def candidates(self, name: str, request: PageRequest) -> Page[CandidateView]:
        """Return candidates by `grid` (default), latency_ms, tokens_out or cost.

        `where` may hold model, prompt, scenario_id, area, locale and outcome. Filters, order and limit are pushed down
        to the Parquet file.
        """
        ...

    def leaderboard(self, name: str, judges: str | None, slice_: Slice | None, at: str | None) -> LeaderboardView:
        """Return the published leaderboard, or one computed now if `judges` chooses others than it shows.

        `at` is a snapshot's hash (16 digits or more of it) or an ISO time, which means the last one published by then.
        Raise NotFound for an unknown snapshot and InvalidInput for judges that cannot be used.
        """
        ...

    def pairs(self, name: str, judges: str | None) -> list[CellPair]:
        """Return how every pair of scored cells differs, computed now from the judges that `leaderboard` has.

        Raise InvalidInput for judges that cannot be used.
        """
        ...

    def snapshots(self, name: str) -> list[SnapshotView]:
        """Return the stored leaderboards, oldest first."""
        ...

    def judges(self, name: str) -> list[RecordedJudge]:
        """Return the judges on record, in order of first appearance."""
        ...

    def published(self, name: str, file: PublishedFile, at: str | None) -> PublishedBytes:
        """Return a file of the leaderboard in force, or of an earlier one (`at` as of `leaderboard`).

        In a report every text is escaped. Raise NotFound for an unknown experiment or snapshot and before the first
        publication.
        """
        ...

    def checks(self, name: str) -> list[CheckResult]:
        """Return every asset check, evaluated on what the lake holds now."""
        ...

    def version(self, name: str) -> str:
        """Return `ExperimentView.version`, cheap enough to be read four times a second."""
        ...
