"""One collecting run of an experiment from lock to published candidates, recorded as it goes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from contracts.benchmark.experiments import CellProgressView, CollectingStatus, RunRecord
from contracts.storage import Fence
from core.benchmark.grid import Shard, ShardError, expected, grid
from core.benchmark.model import sharing
from core.benchmark.records import MachineShared, Record, ceiling_of, slowed_models
from core.benchmark.spec import Spec
from kit.cancellation import run_cancellable
from resources.bench_context import BenchContext
from resources.collect.collector import Collected, Collector
from resources.collect.failed_generations import accept_failures, reopen_failures
from resources.collect.model_changes import reached_today
from resources.collect.progress import Advance, Progress
from resources.lake.candidates import candidates, failed_keys, fold, taken_over
from resources.lake.journal import Journal
from resources.lake.lock import writing_all
from resources.lake.runs import write_run
from resources.lake.shards import holding_shard, shard_journal, share_of, whole_journal
from resources.lake.specs import NotPinned, add_records
from resources.models.embedded import machine_cores
from resources.models.registry import open_clients

RECORD_EVERY_S = 0.15


def collect_experiment(bench: BenchContext, spec: Spec, *, run_id: str, accept: bool, retry: bool = False) -> Collected:
    """Collect what is missing and publish every final outcome; transient failures are left for the next run.

    What shards collected is taken in first. With `accept`, what is still missing afterwards becomes a final failure;
    with `retry`, failures of earlier runs are requested again. Raise WriterBusy at once if another run collects,
    JournalFull if the disk is full. Adopted experiments have nothing to collect.
    """
    if spec.source == "adopt":
        outcomes = candidates(bench.home, spec.experiment).table(["outcome"])["outcome"].cast(pa.string())
        failed = pc.sum(pc.not_equal(outcomes, "text")).as_py() or 0
        return Collected(expected=len(outcomes), done=len(outcomes), failed=failed)
    home, name = bench.home, spec.experiment
    whole = writing_all(home, name, purpose=f"collecting, run {run_id}", now=bench.now())
    with whole as fence, _still_pinned(bench, spec) as records, whole_journal(home, name, fence) as journal:
        inherited = taken_over(bench.home, spec)
        if retry:
            reopen_failures(journal, spec, failed_keys(bench.home, spec.experiment))
        part = _Part(journal, frozenset(inherited), ceiling_of(records))
        missing = part.misses_any(spec)
        if missing:
            bench.tracker.warm()  # beside the requests; a run with nothing to do starts no MLflow
        _record_sharing(bench, spec, records, journal.index.final | inherited.keys(), fence)
        with _recorded(bench, spec, run_id) as recorder:
            report = _collect(bench, spec, part, recorder, missing=missing)
            if accept and report.left:
                accept_failures(journal, spec, part.taken_over, bench.now)
                report.done = report.expected
            notes = fold(bench.home, spec, journal.index, inherited, fence).notes
            report.failed = notes["refused"] + notes["failed"] + notes["misconfigured"]
            report.cut = notes["cut_off"]
            recorder.end(report)
    return report


def collect_shard(bench: BenchContext, spec: Spec, shard: Shard, *, run_id: str, retry: bool = False) -> Collected:
    """Collect what is missing of a shard into its own journal; nothing is published before a whole run takes it in.

    Its share of the ceiling is an equal part. Raise WriterBusy at once if the whole or this very shard is being
    collected, ShardError if shards of another number are, and for an adopted experiment.
    """
    if spec.source == "adopt":
        raise ShardError(f"{spec.experiment} holds adopted outputs: there is nothing to collect in shards", ("shard",))
    home, name = bench.home, spec.experiment
    part_of = holding_shard(home, name, shard, purpose=f"collecting shard {shard}, run {run_id}", now=bench.now())
    with (
        part_of as fence,
        _still_pinned(bench, spec) as records,
        shard_journal(home, name, shard, fence) as (journal, spent),
    ):
        inherited = taken_over(bench.home, spec)
        if retry:
            reopen_failures(journal, spec, failed_keys(bench.home, spec.experiment), shard)
        _record_sharing(bench, spec, records, journal.index.final | inherited.keys(), fence)
        ceiling = share_of(ceiling_of(records), spent, shard)
        part = _Part(journal, frozenset(key for key in inherited if shard.holds(key)), ceiling, shard)
        with _recorded(bench, spec, run_id, shard) as recorder:
            report = _collect(bench, spec, part, recorder, missing=part.misses_any(spec))
            recorder.end(report)
    return report


class _Part(NamedTuple):
    """What one run collects, the whole or a shard: its journal, keys it takes over, and its ceiling in USD."""

    journal: Journal
    taken_over: frozenset[str]
    ceiling: float | None
    shard: Shard | None = None

    def misses_any(self, spec: Spec) -> bool:
        """Return whether any generation of it has no final outcome."""
        final = self.journal.index.final
        return any(each.key not in final and each.key not in self.taken_over for each in grid(spec, shard=self.shard))


@contextmanager
def _still_pinned(bench: BenchContext, spec: Spec) -> Iterator[list[Record]]:
    """Yield what is on record now; raise NotPinned if the experiment was deleted before its lease was had."""
    state = bench.on_record(spec.experiment, anew=True)
    if state.pinned().created_at != spec.created_at:
        said = f"{state.name} was deleted and launched anew meanwhile: run it again, with its new options or none"
        raise NotPinned(said, ("experiment",))
    yield state.records


def _record_sharing(bench: BenchContext, spec: Spec, records: list[Record], held: set[str], fence: Fence) -> None:
    """Put on record that models will slow each other down, for those whose latencies will be read; once."""
    if not any(model.provider == "embedded" for model in spec.models):
        return
    models = reached_today(bench, spec.models)
    open_cells = {g.cell for g in grid(spec) if g.key not in held}
    names = sharing([model for place, model in enumerate(models) if any(spec.cells[c][0] == place for c in open_cells)])
    if not set(names) <= set(slowed_models(records)):
        record = MachineShared(names, machine_cores(), bench.author, bench.now())
        add_records(bench.home, spec.experiment, [record], fence)


def _collect(bench: BenchContext, spec: Spec, part: _Part, recorder: "_Recorder", *, missing: bool) -> Collected:
    """Request what is `missing` of models as they are reached today."""
    models = reached_today(bench, spec.models) if missing else ()

    async def collect() -> Collected:
        async with open_clients(
            models,
            keys=bench.keys,
            home=bench.home,
            catalogs=bench.catalogs,
            seed=spec.seed,
            on_send=part.journal.sent,
        ) as clients:
            collector = Collector(
                spec,
                part.journal,
                clients,
                taken_over=part.taken_over,
                ceiling=part.ceiling,
                now=bench.now,
                progress=report,
                shard=part.shard,
            )
            async with recorder.written_regularly(advance):
                return await collector.run()

    with bench.show_progress(f"collecting {spec.experiment}", expected(spec, part.shard)) as advance:

        def report(progress: Progress) -> None:
            recorder.update(progress)
            advance(progress)

        return run_cancellable(collect())


@contextmanager
def _recorded(bench: BenchContext, spec: Spec, run_id: str, shard: Shard | None = None) -> Iterator["_Recorder"]:
    """Yield the run's record, which an error closes."""
    recorder = _Recorder(bench, spec, run_id, shard)
    try:
        yield recorder
    except BaseException as error:
        recorder.close("failed" if isinstance(error, Exception) else "interrupted")
        raise


class _Recorder:
    """Writes the run's record while it goes on, about seven times a second at most."""

    def __init__(self, bench: BenchContext, spec: Spec, run_id: str, shard: Shard | None) -> None:
        self._bench, self._name = bench, spec.experiment
        self._run_id, self._started_at = run_id, bench.now()
        self._progress = Progress(0, expected(spec, shard))
        self._changed = True

    def update(self, progress: Progress) -> None:
        self._progress = progress
        self._changed = True

    @asynccontextmanager
    async def written_regularly(self, show: Advance) -> AsyncIterator[None]:
        """Write every change, the last of a burst too, and show how far it is, until the block ends."""
        writing = asyncio.create_task(self._write_regularly(show))
        try:
            yield
        finally:
            writing.cancel()

    async def _write_regularly(self, show: Advance) -> None:
        while True:
            if self._changed:
                self._changed = False
                self._write("running", None)
            show(self._progress)
            await asyncio.sleep(RECORD_EVERY_S)

    def end(self, report: Collected) -> None:
        last = self._progress.cells
        self.update(Progress(report.done, report.expected, report.failed, cost=report.cost, cells=last))
        self.close("partial" if report.left else "done")

    def close(self, status: CollectingStatus) -> None:
        self._write(status, self._bench.now())

    def _write(self, status: CollectingStatus, ended_at: str | None) -> None:
        at = self._progress
        record = RunRecord(self._run_id, status, self._started_at, ended_at, at.done, at.total, at.failed, at.cost)
        counts = at.cells
        cells = tuple(map(CellProgressView, counts.done, counts.failed, counts.expected)) if counts else ()
        write_run(self._bench.home, self._name, record, cells)
