"""Reads of the benchmark for the admin API: experiments, cells, tips, leaderboards and checks, from the lake alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from contracts.experiments import (
    CandidateFacts,
    CellFacts,
    ExperimentFacts,
    ExperimentRow,
    LeaderboardFacts,
    RunRecord,
    Slice,
    SnapshotFacts,
)
from contracts.paging import Key, Page, PageRequest
from contracts.refusals import InvalidInput, NotFound
from core.canonical import content_hash
from core.checks import CheckResult
from core.names import EXPERIMENT
from core.records import baseline_cell, ceiling_of, is_archived
from core.spec import Spec
from resources.admin.tips import TipPages
from resources.admin.versions import Remembered, version_of
from resources.checking import run_checks
from resources.computing import UnknownJudges, compute, slices_of
from resources.experiments import list_experiment, list_experiments
from resources.house import House
from resources.lake.candidates import candidates, cell_facts
from resources.lake.leaderboards import publications, read_published, read_snapshot
from resources.lake.runs import read_runs
from resources.lake.specs import read_records, read_spec
from resources.mirroring import mlflow_url

SORTS = ("name", "created_at")
SHORTEST_HASH = 16


class LakeExperiments:
    """Implements contracts.experiments.Experiments."""

    def __init__(self, house: House) -> None:
        self._house, self._home = house, house.home
        self._tips = TipPages()
        self._specs: Remembered[Spec | None] = Remembered()
        self._facts: Remembered[ExperimentFacts] = Remembered()

    def page(self, request: PageRequest) -> Page[ExperimentFacts]:
        """Archived ones only where `where` asks for them."""
        sort = request.sort or "name"
        if sort not in SORTS:
            raise InvalidInput(f"sort is {sort!r}: use one of {', '.join(SORTS)}", ("sort",))
        wanted = {"archived": False, **{key: value for key, value in request.where.items() if value is not None}}
        names = sorted(self._home.experiments(), reverse=request.descending)
        if sort == "created_at":
            names.sort(key=lambda name: self._pin(name).created_at, reverse=request.descending)
        rows: list[ExperimentFacts] = []
        for name in names:
            if request.after is not None and not _beyond(self._key(sort, name), request.after, request.descending):
                continue
            facts = self._facts_of(name)
            if all(getattr(facts, key) == value for key, value in wanted.items()):
                rows.append(facts)
            if len(rows) > request.first:
                break
        kept = rows[: request.first]
        return Page(kept, [self._key(sort, facts.name) for facts in kept], len(rows) > request.first)

    def rows(self) -> list[ExperimentRow]:
        """By name, without archived ones."""
        return list_experiments(self._home)

    def collecting_runs(self, name: str) -> list[RunRecord]:
        """Collecting runs by start."""
        self._pin(name)
        return read_runs(self._home, name)

    def by_names(self, names: list[str]) -> list[ExperimentFacts | None]:
        """One answer a name, in order."""
        return [self._facts_of(name) if self._known(name) else None for name in names]

    def spec(self, name: str) -> dict[str, Any]:
        """The pin as JSON."""
        found: dict[str, Any] = msgspec.to_builtins(self._pin(name))
        return found

    def cells(self, name: str) -> list[CellFacts]:
        """In the order of the spec; counts are 0 and measures None before anything is collected."""
        spec = self._pin(name)
        facts = cell_facts(self._home, name)
        expected = len(spec.scenarios) * spec.n_tips
        cells = []
        for number, (model, prompt) in enumerate(spec.cell_names()):
            own = facts.get(number, {})
            counts = {key: int(own.get(key, 0)) for key in ("n_text", "n_failed", "n_refused")}
            total = sum(counts.values()) if spec.source == "adopt" else expected
            cells.append(
                CellFacts(
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

    def candidates(self, name: str, request: PageRequest) -> Page[CandidateFacts]:
        """An empty page before anything is collected."""
        self._pin(name)
        path = candidates(self._home, name).path()
        return self._tips.page(path, request) if path else Page([], [], more=False)

    def leaderboard(self, name: str, judges: str | None, slice_: Slice | None, at: str | None) -> LeaderboardFacts:
        """The published one, one of the kept ones, or one by other judges."""
        spec = self._pin(name)
        if judges is not None and at is not None:
            raise InvalidInput("judges and at exclude each other: a kept leaderboard rests on its judges", ("judges",))
        published = read_published(self._home, name) if judges is None else None
        if at is not None:
            published = read_snapshot(self._home, name, self._snapshot(name, at))
        if published is not None:
            slices = [row for row in published.slices() if row.slice == slice_] if slice_ else []
            when = {entry.data_hash: entry.at for entry in publications(self._home, name)}
            return LeaderboardFacts(
                experiment=name,
                snapshot=published.data_hash,
                published_at=when.get(published.data_hash),
                rows=published.rows,
                slices=slices,
            )
        try:
            computed = compute(self._house, spec, judges)
        except UnknownJudges as error:
            raise InvalidInput(str(error), ("judges",)) from error
        slices = [row for row in slices_of(self._house, computed) if row.slice == slice_] if slice_ else []
        return LeaderboardFacts(
            experiment=name, snapshot=computed.data_hash, published_at=None, rows=computed.rows, slices=slices
        )

    def snapshots(self, name: str) -> list[SnapshotFacts]:
        """Kept leaderboards, oldest first."""
        self._pin(name)
        return [SnapshotFacts(entry.data_hash, entry.at) for entry in publications(self._home, name)]

    def checks(self, name: str) -> list[CheckResult]:
        """Every asset check on what the lake holds now."""
        self._pin(name)
        return run_checks(self._house, name)

    def version(self, name: str) -> str:
        """A hash over the sizes and times of the experiment's manifests, records and runs."""
        self._pin(name)
        return version_of(self._home, name)

    def _known(self, name: str) -> bool:
        return bool(EXPERIMENT.fullmatch(name)) and self._read(name) is not None

    def _pin(self, name: str) -> Spec:
        spec = self._read(name) if EXPERIMENT.fullmatch(name) else None
        if spec is None:
            raise NotFound(f"no experiment is called {name!r}", ("experiment",))
        return spec

    def _read(self, name: str) -> Spec | None:
        """The pin; it never changes once it is there, and only then it is remembered."""
        read: Callable[[], Spec | None] = lambda: read_spec(self._home, name)  # noqa: E731  # a name for the argument
        return self._specs.get(name, "pinned", read, keep=lambda spec: spec is not None)

    def _facts_of(self, name: str) -> ExperimentFacts:
        version = version_of(self._home, name)
        return self._facts.get(name, version, lambda: self._fresh(name, version))

    def _fresh(self, name: str, version: str) -> ExperimentFacts:
        spec, records = self._pin(name), read_records(self._home, name)
        row = list_experiment(self._home, spec)
        model, prompt = spec.cell_names()[baseline_cell(spec.cell_names(), records)]
        return ExperimentFacts(
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
        return (name,) if sort == "name" else (self._pin(name).created_at, name)

    def _snapshot(self, name: str, at: str) -> str:
        kept = publications(self._home, name)
        exact = [entry.data_hash for entry in kept if len(at) >= SHORTEST_HASH and entry.data_hash.startswith(at)]
        if exact:
            return exact[-1]
        moment = _moment(at)
        before = [
            entry.data_hash for entry in kept if moment is not None and datetime.fromisoformat(entry.at) <= moment
        ]
        if not before:
            raise NotFound(f"{name} has no leaderboard {at!r}: snapshots lists those that are kept", ("at",))
        return before[-1]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _beyond(key: Key, after: Key, descending: bool) -> bool:
    """Whether `key` comes after `after` in the order of the list; both hold strings alone."""
    own, other = tuple(map(str, key)), tuple(map(str, after))
    return own < other if descending else own > other
