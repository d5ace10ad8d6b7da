"""What is shown of an experiment whose files are damaged."""

from contracts.benchmark.experiments import ExperimentView
from resources.lake.experiments import UNREADABLE


def unreadable(name: str) -> ExperimentView:
    """Return the view of an experiment whose files are damaged; nothing but its name is known."""
    return ExperimentView(
        name=name,
        source="run",
        state=UNREADABLE,
        created_at="",
        n_cells=0,
        n_scenarios=0,
        n_tips=0,
        coverage=0.0,
        provisional=True,
        archived=False,
        baseline="",
        max_cost=None,
        rubric="",
        seed=0,
        failures="",
        extends=None,
        spec_hash="",
        version=UNREADABLE,
    )
