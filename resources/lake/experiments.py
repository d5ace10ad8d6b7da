"""What there is: experiments with their state, and the tips of one, read from the lake."""

from typing import TYPE_CHECKING

import msgspec

from contracts.benchmark.experiments import ExperimentRow
from core.benchmark.records import is_archived
from core.benchmark.spec import Spec
from resources.home import Home
from resources.lake.candidates import candidates
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec, read_records

if TYPE_CHECKING:
    import pandas as pd


def list_experiments(home: Home, *, archived: bool = False) -> list[ExperimentRow]:
    """Every pinned experiment, by name; archived ones only when asked for."""
    names = [name for name in home.experiments() if archived or not is_archived(read_records(home, name))]
    return [list_experiment(home, pinned_spec(home, name)) for name in names]


def list_experiment(home: Home, spec: Spec) -> ExperimentRow:
    """The row of one pinned experiment."""
    published = read_published(home, spec.experiment)
    rows = published.rows if published else []
    coverage = min((row.coverage for row in rows), default=0.0)
    provisional = any(row.provisional for row in rows) or not rows
    return ExperimentRow(spec.experiment, state_of(home, spec), spec.created_at, len(spec.cells), coverage, provisional)


def state_of(home: Home, spec: Spec) -> str:
    """How far the experiment has come."""
    published = read_published(home, spec.experiment)
    if published and any(row.n_scored for row in published.rows):
        return "judged"
    if any((home.root / "exports" / spec.experiment).glob("*/[0-9]*")):
        return "exported"
    manifest = candidates(home, spec.experiment).manifest()
    if manifest is None:
        return "pinned"
    whole = spec.source == "adopt" or manifest.rows == len(spec.cells) * len(spec.scenarios) * spec.n_tips
    return "collected" if whole else "collecting"


def experiments_frame(home: Home) -> "pd.DataFrame":
    """`list_experiments` as a table for notebooks."""
    import pandas as pd

    return pd.DataFrame(
        [msgspec.to_builtins(row) for row in list_experiments(home)], columns=ExperimentRow.__struct_fields__
    )


def tips_frame(home: Home, name: str) -> "pd.DataFrame":
    """The candidates of an experiment as a table for notebooks; NotPinned when there is none of that name."""
    pinned_spec(home, name)
    frame: pd.DataFrame = candidates(home, name).table().to_pandas()
    return frame
