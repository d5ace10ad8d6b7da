"""What admins may change of an experiment beside launching it."""

from typing import Protocol

from contracts.benchmark.experiments import ExperimentView


class ExperimentAdmin(Protocol):
    """Append-only records of an experiment; NotFound for an unknown name."""

    def set_baseline(self, experiment: str, model: str, prompt: str, actor: str) -> ExperimentView:
        """The cell that differences are taken to from the next publication on; InvalidInput for no cell of it."""
        ...

    def archive(self, experiment: str, actor: str) -> ExperimentView:
        """Hide it from lists and refuse launches and rounds; nothing is deleted; idempotent."""
        ...
