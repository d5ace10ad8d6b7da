"""Adds to an experiment's append-only records what admins decide: its baseline, and whether it is archived."""

from collections.abc import Callable

from contracts.benchmark.experiments import ExperimentView
from core.benchmark.records import (
    ArchiveRecord,
    BaselineRecord,
    UnarchiveRecord,
    UnknownBaseline,
    check_baseline,
    is_archived,
)
from kit.refusals import refusal_of
from resources.admin.experiments import LakeExperiments
from resources.bench_context import BenchContext
from resources.lake.specs import add_records, pinned_spec, read_records


class ExperimentRecords:
    """Implements contracts.benchmark.experiment_admin.ExperimentAdmin; `reads` gives the changed experiment."""

    def __init__(self, bench: BenchContext, reads: LakeExperiments) -> None:
        self._bench, self._reads = bench, reads
        self._now: Callable[[], str] = bench.now

    def set_baseline(self, experiment: str, model: str, prompt: str, actor: str) -> ExperimentView:
        """Record the baseline if it is another one than before, and return the experiment.

        Raise NotFound or InvalidInput.
        """
        before = self._view(experiment)
        try:
            check_baseline(pinned_spec(self._bench.home, experiment).cell_names(), (model, prompt))
        except UnknownBaseline as error:
            raise refusal_of(error) from error
        if before.baseline != f"{model}/{prompt}":
            add_records(self._bench.home, experiment, [BaselineRecord(model, prompt, actor, self._now())])
        return self._view(experiment)

    def archive(self, experiment: str, actor: str) -> ExperimentView:
        """Record that the experiment is archived, unless it is, and return it; raise NotFound."""
        self._view(experiment)
        if not is_archived(read_records(self._bench.home, experiment)):
            add_records(self._bench.home, experiment, [ArchiveRecord(actor, self._now())])
        return self._view(experiment)

    def unarchive(self, experiment: str, actor: str) -> ExperimentView:
        """Record that the experiment is archived no more, if it is, and return it; raise NotFound."""
        self._view(experiment)
        if is_archived(read_records(self._bench.home, experiment)):
            add_records(self._bench.home, experiment, [UnarchiveRecord(actor, self._now())])
        return self._view(experiment)

    def _view(self, experiment: str) -> ExperimentView:
        self._reads.spec(experiment)
        view = self._reads.by_names([experiment])[0]
        assert view is not None  # noqa: S101  # the pin was read in the line before
        return view
