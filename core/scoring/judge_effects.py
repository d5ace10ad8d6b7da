"""What the judges disagree on: the judge × cell variance, the order without each, and differences by new judges."""

from dataclasses import dataclass, replace

import numpy as np

from core.estimate import LEVEL
from core.estimate.design import Floats
from core.estimate.judge_cells import judge_cells
from core.estimate.new_judges import new_judges
from core.estimate.resampling import ZERO
from core.estimate.student import t_quantile
from core.scoring.fitted_means import FittedMeans, fit_means
from core.scoring.leaderboard import RankingQuery
from core.scoring.order import scores_in_order
from core.scoring.order_changes import order_change
from core.scoring.tally import Tally

FEWEST_SCENARIOS = 5
ENOUGH_JUDGES = 5
MOST_NAMED = 5


@dataclass(frozen=True)
class NewJudgesRow:
    """A cell minus the baseline with an interval that holds for other judges of this kind too, in rubric units.

    Over `n_scenarios` that all judges scored in both cells; `diff` is None with fewer than five of those, `low` and
    `high` also where nothing differs.
    """

    model: str
    prompt: str
    diff: float | None
    low: float | None
    high: float | None
    n_scenarios: int


def new_judges_rows(query: RankingQuery, tally: Tally) -> list[NewJudgesRow]:
    """Return a row for every scored cell but the baseline; none with under five judges or an unscored baseline."""
    if len(_judges(tally)) < ENOUGH_JUDGES:
        return []
    got = fit_means(tally, query.rubric, query.policy)
    if got is None or query.baseline not in got.cells:
        return []
    places = dict(zip(got.cells.tolist(), _table(got), strict=True))
    span = query.rubric.scale.high - query.rubric.scale.low
    rows = []
    for cell, own in places.items():
        if cell != query.baseline:
            paired = (own - places[query.baseline]).T * span
            rows.append(_new_judges_row(*query.cells[cell], paired[~np.isnan(paired).any(axis=1)]))
    return rows


def _new_judges_row(model: str, prompt: str, paired: Floats) -> NewJudgesRow:
    if len(paired) < FEWEST_SCENARIOS:
        return NewJudgesRow(model, prompt, None, None, None, len(paired))
    found = new_judges(paired)
    if found.se <= ZERO:
        return NewJudgesRow(model, prompt, found.estimate, None, None, len(paired))
    reach = float(t_quantile(found.df, 1 - (1 - LEVEL) / 2)) * found.se
    return NewJudgesRow(model, prompt, found.estimate, found.estimate - reach, found.estimate + reach, len(paired))


def judge_notes(query: RankingQuery, tally: Tally) -> list[str]:
    """Return sentences for the report; none with fewer than two judges who scored, or two cells that have scores."""
    judges = _judges(tally)
    got = fit_means(tally, query.rubric, query.policy) if len(judges) > 1 else None
    if got is None or len(got.cells) < 2:
        return []
    span = query.rubric.scale.high - query.rubric.scale.low
    table = _common(got)
    notes = uneven_notes(query, tally)
    if table is None and not notes:
        notes.append(
            f"The judge × cell variance is not estimated: fewer than {FEWEST_SCENARIOS} scenarios were scored by all "
            "judges in all scored cells."
        )
    elif table is not None:
        sd = np.sqrt(interaction_variance(table)) * span
        notes.append(f"Judge × cell standard deviation {sd:.2f} rubric units: how much judges differ on a cell.")
    if len(judges) < ENOUGH_JUDGES:
        notes.append(
            f"The intervals hold for these {len(judges)} judges; what other judges would say cannot be known from "
            f"fewer than {ENOUGH_JUDGES}."
        )
    return [*notes, *_orders_without(query, tally, judges)]


def _orders_without(query: RankingQuery, tally: Tally, judges: list[int]) -> list[str]:
    """Return what changes in the order without each judge; one sentence where nothing does."""
    whole = _order(query, tally)
    found = {tally.judges[judge]: order_change(whole, _order(query, _without(tally, judge))) for judge in judges}
    if not any(found.values()):
        return ["The order of the cells stays without any one of the judges."]
    return [f"Without {name}, {change or 'the order of the cells stays'}." for name, change in found.items()]


def uneven_notes(query: RankingQuery, tally: Tally) -> list[str]:
    """Return a sentence on the cells of which judges scored unequal parts, none where they scored the same tips."""
    got = fit_means(tally, query.rubric, query.policy)
    found = judge_cells(got.design, got.fit) if got is not None else None
    if got is None or found is None or not found.uneven().any():
        return []
    names = ["/".join(query.cells[cell]) for cell in got.cells[found.uneven()]]
    others = len(names) - MOST_NAMED
    named = ", ".join(names[:MOST_NAMED]) + (f" and {others} more" if others > 0 else "")
    sd = float(np.sqrt(found.variance[0])) * (query.rubric.scale.high - query.rubric.scale.low)
    counted = (
        f"intervals count in how differently they see a cell (standard deviation {sd:.2f} rubric units)"
        if sd > 0
        else "they are not seen to judge cells differently, so no interval is wider for it"
    )
    return [f"Judges scored unequal parts of {named}: {counted}. Have all judges score the same tips."]


def interaction_variance(table: Floats) -> float:
    """Return the judge × cell variance of a complete (cells, judges, scenarios) table by ANOVA moments, floored at 0.

    It is (mean square of cell × judge - mean square of the residual) / scenarios, the residual being cell × judge ×
    scenario.
    """
    k, j, g = table.shape
    if k < 2:
        return 0.0
    both = table.mean(axis=2)
    inter = both - both.mean(axis=1, keepdims=True) - both.mean(axis=0, keepdims=True) + both.mean()
    cell_scenario = table.mean(axis=1, keepdims=True)
    judge_scenario = table.mean(axis=0, keepdims=True)
    scenario = table.mean(axis=(0, 1), keepdims=True)
    residual = (table - both[:, :, None]) - (cell_scenario - table.mean(axis=(1, 2), keepdims=True))
    residual -= judge_scenario - table.mean(axis=(0, 2), keepdims=True)
    residual += scenario - table.mean()
    degrees = (k - 1) * (j - 1)
    between = g * (inter**2).sum() / degrees
    within = (residual**2).sum() / (degrees * (g - 1))
    return float(max(0.0, (between - within) / g))


def _judges(tally: Tally) -> list[int]:
    """Return the numbers of the judges who scored anything: failures count for those alone."""
    return np.flatnonzero(np.bincount(tally.judge)).tolist()


def _common(got: FittedMeans) -> Floats | None:
    """Return composites (cells, judges, scenarios) of scenarios that all judges scored in all scored cells, or None."""
    table = _table(got)
    missing = np.isnan(table).any(axis=(0, 1))
    whole = table[:, :, ~missing] if missing.any() else table
    return whole if whole.shape[2] >= FEWEST_SCENARIOS else None


def _table(got: FittedMeans) -> Floats:
    """Return the composites of the scored cells, judges and scenarios, nan where there is no score."""
    table = np.full((len(got.cells), got.design.n_judges, len(got.scenarios)), np.nan)
    table[got.cell, got.judge, got.scenario] = got.y[:, 0]
    return table


def _order(query: RankingQuery, tally: Tally) -> dict[str, float]:
    return {"/".join(query.cells[cell]): score for cell, score in scores_in_order(query, tally).items()}


def _without(tally: Tally, judge: int) -> Tally:
    rows = tally.judge != judge
    return replace(
        tally,
        cell=tally.cell[rows],
        scenario=tally.scenario[rows],
        judge=tally.judge[rows],
        scored=tally.scored[rows],
        sums=tally.sums[rows],
    )
