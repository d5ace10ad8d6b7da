"""Reads of the benchmark for the admin API: experiments, cells, tips, leaderboards and checks, from the lake alone."""

from collections.abc import Callable
from typing import Any

import msgspec

from contracts.benchmark.experiments import (
    CandidateView,
    CellView,
    ExperimentRow,
    ExperimentView,
    LeaderboardView,
    PublishedBytes,
    PublishedFile,
    RecordedJudge,
    RunRecord,
    Slice,
    SnapshotView,
    SummaryView,
)
from contracts.paging import Key, Page, PageRequest
from contracts.refusals import InvalidInput, NotFound
from core.benchmark.names import EXPERIMENT
from core.benchmark.records import baseline_cell, ceiling_of, is_archived, judges_of
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.scoring.cell_differences import CellPair
from core.scoring.checks import CheckResult
from kit.paging import key_after, page_of
from kit.refusals import refusal_of
from resources.admin.published_files import published_bytes, snapshot_at
from resources.admin.summaries import build_summary
from resources.admin.tips import TipPages
from resources.admin.unreadable import unreadable
from resources.admin.versions import VersionedCache, pin_version, version_of
from resources.bench_context import BenchContext
from resources.lake.broken import LakeBroken
from resources.lake.candidates import candidates, cell_costs
from resources.lake.experiments import list_experiment, list_experiments
from resources.lake.leaderboards import publications, read_published, read_snapshot
from resources.lake.runs import read_runs
from resources.lake.specs import ExperimentState, experiment_state
from resources.scoring.checking import run_checks
from resources.scoring.computing import Computed, UnknownJudges, compute, pairs_of, slices_of
from resources.tracking.mirroring import mlflow_url

SORTS = ("name", "created_at")


class LakeExperiments:
    """Implements contracts.benchmark.experiments.Experiments."""

    def __init__(self, bench: BenchContext) -> None:
        self._bench, self._home = bench, bench.home
        self._tips = TipPages()
        self._states: VersionedCache[ExperimentState] = VersionedCache()
        self._view: VersionedCache[ExperimentView] = VersionedCache()
        self._cells: VersionedCache[list[CellView]] = VersionedCache()
        self._summaries: VersionedCache[SummaryView] = VersionedCache()

    def page(self, request: PageRequest) -> Page[ExperimentView]:
        """Return a page of experiments, archived ones only if `where` wants them.

        Raise InvalidInput for an unknown sort.
        """
        sort = request.sort or "name"
        if sort not in SORTS:
            raise InvalidInput(f"sort is {sort!r}: use one of {', '.join(SORTS)}", ("sort",))
        wanted = {"archived": False, **{key: value for key, value in request.where.items() if value is not None}}
        part = str(wanted.pop("search", "")).strip().lower()
        names = sorted((name for name in self._home.experiments() if part in name), reverse=request.descending)
        if sort == "created_at":
            names.sort(key=self._created_at, reverse=request.descending)
        after = key_after(request, *((str,) if sort == "name" else (str, str)))
        rows: list[ExperimentView] = []
        for name in names:
            if after is not None and not _beyond(self._key(sort, name), after, request.descending):
                continue
            view = self._listed(name)
            if _fits(view, wanted):
                rows.append(view)
            if len(rows) > request.first:
                break
        page = page_of(rows, request.first, key=lambda view: self._key(sort, view.name))
        return Page(page.rows, page.keys, page.more, lambda: sum(_fits(self._listed(name), wanted) for name in names))

    def rows(self) -> list[ExperimentRow]:
        """Return the rows of all experiments by name, without archived ones."""
        return list_experiments(self._home)

    def collecting_runs(self, name: str) -> list[RunRecord]:
        """Return the collecting runs by start; raise NotFound."""
        self._pin(name)
        return read_runs(self._home, name)

    def by_names(self, names: list[str]) -> list[ExperimentView | None]:
        """Return a view for each name, None for names that are unknown or not valid."""
        return [self._view_of(name) if self._known(name) else None for name in names]

    def summaries(self, names: list[str]) -> list[SummaryView | None]:
        """Return a summary for each name, None for names that are unknown and for experiments that cannot be read."""
        return [self._summary(name) for name in names]

    def _summary(self, name: str) -> SummaryView | None:
        try:
            spec, version = self._pin(name), version_of(self._home, name)
            return self._summaries.get(name, version, lambda: build_summary(self._home, spec, self.cells(name)))
        except (NotFound, LakeBroken):
            return None

    def spec(self, name: str) -> dict[str, Any]:
        """Return the pinned spec as JSON; raise NotFound."""
        found: dict[str, Any] = msgspec.to_builtins(self._pin(name))
        return found

    def cells(self, name: str) -> list[CellView]:
        """Return the cells in the order of the spec; counts are 0 and measures None before anything is collected."""
        spec = self._pin(name)
        return self._cells.get(name, version_of(self._home, name), lambda: self._build_cells(name, spec))

    def _build_cells(self, name: str, spec: Spec) -> list[CellView]:
        view = cell_costs(self._home, name)
        expected = len(spec.scenarios) * spec.n_tips
        cells = []
        for number, (model, prompt) in enumerate(spec.cell_names()):
            own = view.get(number, {})
            counts = {key: int(own.get(key, 0)) for key in ("n_text", "n_failed", "n_refused")}
            total = sum(counts.values()) if spec.source == "adopt" else expected
            cells.append(
                CellView(
                    model=model,
                    prompt=prompt,
                    expected=total,
                    **counts,
                    tokens_in=own.get("tokens_in"),
                    tokens_out=own.get("tokens_out"),
                    cost=own.get("cost"),
                    latency_p50_ms=own.get("latency_p50_ms"),
                    latency_p95_ms=own.get("latency_p95_ms"),
                )
            )
        return cells

    def candidates(self, name: str, request: PageRequest) -> Page[CandidateView]:
        """Return a page of candidates, an empty one before anything is collected."""
        self._pin(name)
        tips = candidates(self._home, name).locator()
        return self._tips.page(tips, request) if tips else Page([], [], more=False)

    def leaderboard(self, name: str, judges: str | None, slice_: Slice | None, at: str | None) -> LeaderboardView:
        """Return the published leaderboard, a stored earlier one (`at`), or one computed for other judges.

        Raise InvalidInput if both `judges` and `at` are given.
        """
        spec = self._pin(name)
        if judges is not None and at is not None:
            raise InvalidInput(
                "judges and at exclude each other: a stored leaderboard rests on its judges", ("judges",)
            )
        published = read_published(self._home, name) if judges is None else None
        if at is not None:
            published = read_snapshot(self._home, name, snapshot_at(self._home, name, at))
        if published is not None:
            slices = [row for row in published.slices() if row.slice == slice_] if slice_ else []
            when = {entry.data_hash: entry.at for entry in publications(self._home, name)}
            return LeaderboardView(
                experiment=name,
                snapshot=published.data_hash,
                published_at=when.get(published.data_hash),
                rows=published.rows,
                slices=slices,
            )
        computed = self._computed(spec, judges)
        slices = [row for row in slices_of(computed) if row.slice == slice_] if slice_ else []
        return LeaderboardView(
            experiment=name, snapshot=computed.data_hash, published_at=None, rows=computed.rows, slices=slices
        )

    def pairs(self, name: str, judges: str | None) -> list[CellPair]:
        """Return every pair of scored cells; raise InvalidInput for judges that cannot be used."""
        return pairs_of(self._computed(self._pin(name), judges))

    def _computed(self, spec: Spec, judges: str | None) -> Computed:
        try:
            return compute(self._bench, spec, judges)
        except UnknownJudges as error:
            raise refusal_of(error) from error

    def snapshots(self, name: str) -> list[SnapshotView]:
        """Return hash and time of the stored leaderboards, oldest first."""
        self._pin(name)
        return [SnapshotView(entry.data_hash, entry.at) for entry in publications(self._home, name)]

    def judges(self, name: str) -> list[RecordedJudge]:
        """Return the judges of the records as they are cached with the pin."""
        self._pin(name)
        return [RecordedJudge(judge, kind) for judge, kind in judges_of(self._state(name).records).items()]

    def published(self, name: str, file: PublishedFile, at: str | None) -> PublishedBytes:
        """Return a file of the published leaderboard, or of a stored earlier one; raise NotFound."""
        self._pin(name)
        return published_bytes(self._home, name, file, at)

    def checks(self, name: str) -> list[CheckResult]:
        """Return the results of every asset check on what the lake holds now."""
        return run_checks(self._bench, self._pin(name))

    def version(self, name: str) -> str:
        """Return a hash over the sizes and times of the experiment's manifests, records and runs."""
        self._pin(name)
        return version_of(self._home, name)

    def _known(self, name: str) -> bool:
        return bool(EXPERIMENT.fullmatch(name)) and self._state(name).spec is not None

    def _pin(self, name: str) -> Spec:
        spec = self._state(name).spec if EXPERIMENT.fullmatch(name) else None
        if spec is None:
            raise NotFound(f"no experiment is called {name!r}", ("experiment",))
        return spec

    def _state(self, name: str) -> ExperimentState:
        """Return what is on record, without a pin before a launch; cached until pin or records are other ones."""
        read: Callable[[], ExperimentState] = lambda: experiment_state(self._home, name)  # noqa: E731  # a name for the argument
        return self._states.get(name, pin_version(self._home, name), read, keep=lambda state: state.spec is not None)

    def _view_of(self, name: str) -> ExperimentView:
        version = version_of(self._home, name)
        return self._view.get(name, version, lambda: self._build_view(name, version))

    def _build_view(self, name: str, version: str) -> ExperimentView:
        spec, records = self._pin(name), self._state(name).records
        row = list_experiment(self._home, spec)
        model, prompt = spec.cell_names()[baseline_cell(spec.cell_names(), records)]
        return ExperimentView(
            name=name,
            source=spec.source,
            state=row.state,
            created_at=spec.created_at,
            n_cells=len(spec.cells),
            n_scenarios=len(spec.scenarios),
            n_tips=spec.n_tips,
            coverage=row.coverage,
            provisional=row.provisional,
            archived=is_archived(records),
            baseline=f"{model}/{prompt}",
            max_cost=ceiling_of(records),
            rubric=spec.rubric.ref,
            seed=spec.seed,
            failures=spec.failures,
            extends=spec.extends,
            spec_hash=content_hash(spec),
            mlflow_url=mlflow_url(self._home, name),
            version=version,
        )

    def _key(self, sort: str, name: str) -> Key:
        return (name,) if sort == "name" else (self._created_at(name), name)

    def _created_at(self, name: str) -> str:
        try:
            return self._pin(name).created_at
        except LakeBroken:
            return ""

    def _listed(self, name: str) -> ExperimentView:
        """Return the view, or one that says that the experiment's files cannot be read: the others are listed."""
        try:
            return self._view_of(name)
        except LakeBroken:
            return unreadable(name)


def _beyond(key: Key, after: Key, descending: bool) -> bool:
    """Return whether `key` comes after `after` in the order of the list; both hold strings alone."""
    own, other = tuple(map(str, key)), tuple(map(str, after))
    return own < other if descending else own > other


def _fits(view: ExperimentView, wanted: dict[str, Any]) -> bool:
    return all(getattr(view, key) == value for key, value in wanted.items())
