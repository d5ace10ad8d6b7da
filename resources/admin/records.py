"""What admins add to an experiment's append-only records: its baseline, and that it is archived."""

from collections.abc import Callable

from contracts.experiments import ExperimentFacts
from contracts.refusals import InvalidInput
from core.records import ArchiveRecord, BaselineRecord, UnknownBaseline, check_baseline, is_archived
from resources.admin.experiments import LakeExperiments
from resources.house import House
from resources.lake.specs import add_records, pinned_spec, read_records


class ExperimentRecords:
    """Implements contracts.admin.ExperimentAdmin; `reads` answers with the changed experiment."""

    def __init__(self, house: House, reads: LakeExperiments) -> None:
        self._house, self._reads = house, reads
        self._now: Callable[[], str] = house.now

    def set_baseline(self, experiment: str, model: str, prompt: str, actor: str) -> ExperimentFacts:
        """From the next publication on; the same baseline again adds nothing."""
        before = self._facts(experiment)
        try:
            check_baseline(pinned_spec(self._house.home, experiment).cell_names(), (model, prompt))
        except UnknownBaseline as error:
            raise InvalidInput(str(error), ("baseline",)) from error
        if before.baseline != f"{model}/{prompt}":
            add_records(self._house.home, experiment, [BaselineRecord(model, prompt, actor, self._now())])
        return self._facts(experiment)

    def archive(self, experiment: str, actor: str) -> ExperimentFacts:
        """Nothing is deleted; again adds nothing."""
        self._facts(experiment)
        if not is_archived(read_records(self._house.home, experiment)):
            add_records(self._house.home, experiment, [ArchiveRecord(actor, self._now())])
        return self._facts(experiment)

    def _facts(self, experiment: str) -> ExperimentFacts:
        self._reads.spec(experiment)
        facts = self._reads.by_names([experiment])[0]
        assert facts is not None  # noqa: S101  # the pin was read in the line before
        return facts
