"""Runs the steps of one experiment for a command, then mirrors them and has them recorded in Dagster, once and last."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from contracts.benchmark.tracking import Status
from core.benchmark.spec import Spec
from resources.bench_context import BenchContext
from resources.dagster.recorder_process import start_recorder
from resources.dagster.recording_queue import RecordingQueue
from resources.lake.leaderboards import read_published
from resources.steps.asset_steps import Asset, StepContext
from resources.steps.chain import ChainResult, run_chain, with_checks
from resources.tracking.mirroring import mirror

Warn = Callable[[str], None]
"""Given a sentence on what did not work and does no harm to the results."""


class CommandChain:
    """The steps of one command; `result` is that of the last `run`."""

    def __init__(self, bench: BenchContext, name: str, warn: Warn, spec: Spec | None = None) -> None:
        self._bench, self._name, self._warn = bench, name, warn
        self._spec = spec
        self.result = ChainResult()

    @property
    def spec(self) -> Spec:
        """Return the pin, which is read once a command; raise NotPinned if there is none."""
        if self._spec is None:
            self._spec = self._bench.on_record(self._name).pinned()
        return self._spec

    def run(self, assets: tuple[Asset, ...], *, accept: bool = False, retry: bool = False) -> bool:
        """Make these assets; return False where a blocking check failed."""
        found = run_chain(StepContext(self._bench, str(uuid.uuid4()), accept=accept, retry=retry), self.spec, assets)
        self.result.steps += found.steps
        self.result.passed &= found.passed
        return found.passed

    def finish(self) -> None:
        """Mirror what was made and keep it for Dagster; raise RunStoreUnavailable where that cannot be written.

        A process that is not waited for records it. Nothing is started where nothing is new.
        """
        made = {step.asset for step in self.result.steps}
        if made:
            published = "candidates" not in made and read_published(self._bench.home, self._name) is not None
            status: Status = "judged" if "leaderboards" in made or published else "collected"
            self._mirror(self.spec, status)
        queue = RecordingQueue(self._bench.home)
        if late := queue.late():
            self._warn(late)
        queue.add(self._name, [with_checks(step) for step in self.result.steps])
        if queue.waiting():
            start_recorder(self._bench.home)

    def _mirror(self, spec: Spec, status: Status) -> None:
        mirror(self._bench, spec, status, log=self._warn)


@contextmanager
def chain_of(bench: BenchContext, name: str, warn: Warn, spec: Spec | None = None) -> Iterator[CommandChain]:
    """Open a chain; at the end of the block, when its results have been shown, they are mirrored and recorded.

    `spec` is the pin, where it was read before.
    """
    chain = CommandChain(bench, name, warn, spec)
    yield chain
    chain.finish()
