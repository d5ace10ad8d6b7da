"""The listings of the interface: the rows of the command line as tables."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contracts.benchmark.experiments import ExperimentRow, RunRecord
from contracts.benchmark.launches import CellPlanView
from core.benchmark.names import experiment_name
from core.benchmark.options import OptionError
from core.dataset_columns import CANDIDATES
from resources.bench_context import BenchContext
from resources.catalog import KINDS
from resources.collect.launch import drafted
from resources.collect.planning import plan_of
from resources.judging.scores import Scores
from resources.lake.experiments import list_experiments
from resources.lake.runs import read_runs
from resources.lake.specs import pinned_spec
from resources.launching.launch_warnings import warnings_of
from tipbench.frames import frame
from wiring.operations.listing import checks_of, leaderboard_of, slices_by, tips_of
from wiring.operations.options import options_of

if TYPE_CHECKING:
    import pandas as pd


def experiments(bench: BenchContext, *, archived: bool) -> "pd.DataFrame":
    """Return the rows of `tipbench experiments`."""
    return frame(list_experiments(bench.home, archived=archived), ExperimentRow.__struct_fields__)


def runs(bench: BenchContext, name: str) -> "pd.DataFrame":
    """Return the rows of `tipbench runs`; raise NotPinned for an unknown experiment."""
    pinned_spec(bench.home, name)
    return frame(read_runs(bench.home, name), RunRecord.__struct_fields__)


def tips(bench: BenchContext, name: str, wanted: Mapping[str, str | None], limit: int | None) -> "pd.DataFrame":
    """Return the rows of `tipbench tips`; raise what `tips_of` raises."""
    return frame(tips_of(bench.home, name, wanted, limit), CANDIDATES.names)


def scores(bench: BenchContext, name: str) -> "pd.DataFrame":
    """Return the dataset of answers in force, which has no command; raise NotPinned for an unknown experiment."""
    table: pd.DataFrame = Scores(bench.home, name, bench.on_record(name).pinned().rubric).current().to_pandas()
    return table


def leaderboard(bench: BenchContext, name: str, judges: str | None, by: str | None) -> "pd.DataFrame":
    """Return the rows of `tipbench leaderboard`, with `by` those of a slice."""
    spec = bench.on_record(name).pinned()
    if by is None:
        return frame(leaderboard_of(bench, spec, judges)[0])
    return frame(slices_by(bench, spec, judges, by), ("model", "prompt", "slice", "slice_value"))


def checks(bench: BenchContext, name: str, limits: Mapping[str, Any]) -> "pd.DataFrame":
    """Return the rows of `tipbench check`."""
    return frame(checks_of(bench, name, limits))


def plan(
    bench: BenchContext, name: str, options: Mapping[str, Any], *, retry: bool
) -> "tuple[pd.DataFrame, list[str]]":
    """Return the rows of `tipbench plan`, and what it warns of."""
    state = bench.on_record(experiment_name(name))
    spec = drafted(bench, state, options_of(options))
    said = warnings_of(bench, spec, new=state.spec is None)
    return frame(plan_of(bench.home, spec, retry=retry).cells, CellPlanView.__struct_fields__), said


def catalog(bench: BenchContext, kind: str) -> "pd.DataFrame":
    """Return the rows of `tipbench catalog`; raise OptionError for a kind that there is not."""
    if kind not in KINDS:
        raise OptionError(f"kind is {kind!r}: use one of {', '.join(KINDS)}", ("kind",))
    return frame(bench.catalog().records(kind))
