"""Runs the steps of one experiment for a command, then records them in Dagster and mirrors them, once and last."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import click

from contracts.benchmark.tracking import Status
from core.benchmark.spec import Spec
from resources.bench_context import BenchContext
from resources.dagster.subprocess_recorder import SubprocessRecorder
from resources.lake.specs import pinned_spec
from resources.steps.chain import Asset, ChainResult, run_chain, with_checks
from resources.tracking.mirroring import mirror


class CommandChain:
    """The steps of one command; `result` is that of the last `run`."""

    def __init__(self, bench: BenchContext, name: str, recorder: SubprocessRecorder) -> None:
        self._bench, self._name, self._recorder = bench, name, recorder
        self.result = ChainResult()

    def run(self, assets: tuple[Asset, ...], *, accept: bool = False, retry: bool = False) -> bool:
        """Make these assets; return False where a blocking check failed."""
        spec = pinned_spec(self._bench.home, self._name)
        found = run_chain(self._bench, spec, assets, run_id=str(uuid.uuid4()), accept=accept, retry=retry)
        self.result.steps += found.steps
        self.result.checks += found.checks
        self.result.collected = found.collected or self.result.collected
        self.result.passed &= found.passed
        return found.passed

    def finish(self) -> None:
        """Record what was made and mirror it; raise RunStoreUnavailable where Dagster's database is away."""
        made = {step.asset for step in self.result.steps}
        if made:
            status: Status = "judged" if "leaderboards" in made else "collected"
            self._mirror(pinned_spec(self._bench.home, self._name), status)
        self._recorder.record(self._name, [with_checks(step, self.result.checks) for step in self.result.steps])

    def _mirror(self, spec: Spec, status: Status) -> None:
        mirror(self._bench, spec, status, log=lambda text: click.echo(f"tipbench: {text}", err=True))


@contextmanager
def chain_of(bench: BenchContext, name: str) -> Iterator[CommandChain]:
    """Open a chain; at the end of the block, when its results have been printed, they are recorded and mirrored."""
    recorder = SubprocessRecorder(bench.home)
    try:
        chain = CommandChain(bench, name, recorder)
        yield chain
        chain.finish()
    finally:
        recorder.close()
