"""One collecting run of an experiment from lock to published candidates, recorded as it goes."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts.benchmark.experiments import CollectingStatus, RunRecord
from core.benchmark.grid import expected, grid
from core.benchmark.model import Model, sharing
from core.benchmark.records import MachineShared, ceiling_of, slowed_models
from core.benchmark.spec import Spec
from kit.cancellation import run_cancellable
from resources.bench_context import BenchContext
from resources.collect.collector import Collected, Collector
from resources.collect.failed_generations import accept_failures, reopen_failures
from resources.collect.model_changes import reached_today
from resources.collect.progress import Advance, Progress
from resources.lake.candidates import candidates, failed_keys, fold, taken_over
from resources.lake.journal import Journal
from resources.lake.lock import writing
from resources.lake.runs import write_run
from resources.lake.specs import NotPinned, add_records, journal_path, pinned_spec, read_records
from resources.models.embedded import machine_cores
from resources.models.registry import open_clients

RECORD_EVERY_S = 0.15


def collect_experiment(bench: BenchContext, spec: Spec, *, run_id: str, accept: bool, retry: bool = False) -> Collected:
    """Collect what is missing and publish every final outcome; transient failures are left for the next run.

    With `accept`, what is still missing afterwards becomes a final failure; with `retry`, failures of earlier runs are
    requested again. Raise WriterBusy at once if another run collects, JournalFull if the disk is full. Adopted
    experiments have nothing to collect.
    """
    if spec.source == "adopt":
        outcomes = candidates(bench.home, spec.experiment).table(["outcome"])["outcome"].cast(pa.string())
        failed = pc.sum(pc.not_equal(outcomes, "text")).as_py() or 0
        return Collected(expected=len(outcomes), done=len(outcomes), failed=failed)
    with _writing_journal(bench, spec, run_id) as journal:
        inherited = taken_over(bench.home, spec)
        if retry:
            reopen_failures(journal, spec, failed_keys(bench.home, spec.experiment))
        missing = any(each.key not in journal.index.final and each.key not in inherited for each in grid(spec))
        if missing:
            bench.tracker.warm()  # beside the requests; a run with nothing to do starts no MLflow
        _record_sharing(bench, spec, journal.index.final | inherited.keys())
        recorder = _Recorder(bench, spec, run_id)
        try:
            models = reached_today(bench, spec.models) if missing else ()
            report = _collect(bench, spec, journal, inherited, recorder, models)
            if accept and report.left:
                accept_failures(journal, spec, frozenset(inherited), bench.now)
                report.done = report.expected
            notes = fold(bench.home, spec, journal.index, inherited).notes
            report.failed = notes["refused"] + notes["failed"] + notes["misconfigured"]
            report.cut = notes["cut_off"]
        except BaseException as error:
            recorder.close("failed" if isinstance(error, Exception) else "interrupted")
            raise
        recorder.update(Progress(report.done, report.expected, report.failed, cost=report.cost))
        recorder.close("partial" if report.left else "done")
    return report


@contextmanager
def _writing_journal(bench: BenchContext, spec: Spec, run_id: str) -> Iterator[Journal]:
    """Hold the writer lock and yield the journal; raise NotPinned if the experiment was deleted meanwhile."""
    name = spec.experiment
    with writing(bench.home, name, purpose=f"collecting, run {run_id}", now=bench.now()):
        if pinned_spec(bench.home, name).created_at != spec.created_at:
            said = f"{name} was deleted and launched anew meanwhile: run it again, with its new options or none"
            raise NotPinned(said, ("experiment",))
        with Journal(journal_path(bench.home, name)) as journal:
            yield journal


def _record_sharing(bench: BenchContext, spec: Spec, held: set[str]) -> None:
    """Put on record that models will slow each other down, for those whose latencies will be read; once."""
    if not any(model.provider == "embedded" for model in spec.models):
        return
    models = reached_today(bench, spec.models)
    open_cells = {g.cell for g in grid(spec) if g.key not in held}
    names = sharing([model for place, model in enumerate(models) if any(spec.cells[c][0] == place for c in open_cells)])
    if not set(names) <= set(slowed_models(read_records(bench.home, spec.experiment))):
        record = MachineShared(names, machine_cores(), bench.author, bench.now())
        add_records(bench.home, spec.experiment, [record])


def _collect(
    bench: BenchContext,
    spec: Spec,
    journal: Journal,
    inherited: dict[str, dict[str, Any]],
    recorder: "_Recorder",
    models: Sequence[Model],
) -> Collected:
    """Request what is missing of `models`, as they are reached today."""

    async def collect() -> Collected:
        async with open_clients(
            models,
            keys=bench.keys,
            home=bench.home,
            catalogs=bench.catalogs,
            seed=spec.seed,
            on_send=journal.sent,
        ) as clients:
            collector = Collector(
                spec,
                journal,
                clients,
                taken_over=frozenset(inherited),
                ceiling=ceiling_of(read_records(bench.home, spec.experiment)),
                now=bench.now,
                progress=report,
            )
            async with recorder.written_regularly(advance):
                return await collector.run()

    with bench.show_progress(f"collecting {spec.experiment}", expected(spec)) as advance:

        def report(progress: Progress) -> None:
            recorder.update(progress)
            advance(progress)

        return run_cancellable(collect())


class _Recorder:
    """Writes the run's record while it goes on, about seven times a second at most."""

    def __init__(self, bench: BenchContext, spec: Spec, run_id: str) -> None:
        self._bench, self._name = bench, spec.experiment
        self._run_id, self._started_at = run_id, bench.now()
        self._progress = Progress(0, expected(spec))
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

    def close(self, status: CollectingStatus) -> None:
        self._write(status, self._bench.now())

    def _write(self, status: CollectingStatus, ended_at: str | None) -> None:
        at = self._progress
        record = RunRecord(self._run_id, status, self._started_at, ended_at, at.done, at.total, at.failed, at.cost)
        write_run(self._bench.home, self._name, record)
