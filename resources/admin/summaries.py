"""Sums up an experiment for a list: spending, last activity, and who leads."""

from collections.abc import Sequence

from contracts.benchmark.experiments import CellView, SummaryView
from core.benchmark.spec import Spec
from resources.home import Home
from resources.lake.leaderboards import publications, read_published
from resources.lake.runs import read_runs


def build_summary(home: Home, spec: Spec, cells: Sequence[CellView]) -> SummaryView:
    """Return the summary of an experiment whose cells are given; raise LakeBroken where its files are damaged."""
    name, runs = spec.experiment, read_runs(home, spec.experiment)
    costs = [cell.cost for cell in cells if cell.cost is not None]
    collected = max((run.cost for run in runs), default=None)
    times = [spec.created_at, *(entry.at for entry in publications(home, name))]
    times += [run.ended_at or run.started_at for run in runs]
    published = read_published(home, name)
    leader = published.rows[0] if published and published.rows and published.rows[0].score is not None else None
    return SummaryView(cost=sum(costs) if costs else collected, last_activity_at=max(times), leader=leader)
