"""What admins may change of an experiment apart from launching it."""

from typing import Protocol

from contracts.benchmark.experiments import ExperimentView


class ExperimentAdmin(Protocol):
    """Adds append-only records to an experiment; NotFound for an unknown name."""

    def set_baseline(self, experiment: str, model: str, prompt: str, actor: str) -> ExperimentView:
        """Set the cell that differences are taken to from the next publication on.

        Raise InvalidInput if it is no cell.
        """
        ...

    def archive(self, experiment: str, actor: str) -> ExperimentView:
        """Hide the experiment from lists and refuse launches and rounds; nothing is deleted, again changes nothing."""
        ...

    def unarchive(self, experiment: str, actor: str) -> ExperimentView:
        """List the experiment again and take launches and rounds; changes nothing for one that is not archived."""
        ...
