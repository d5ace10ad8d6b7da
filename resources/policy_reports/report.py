"""Makes the report of a day from published decisions and the leaderboard that they are held against."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from contracts.tips.policy_report import REWARD_ESTIMATOR, CellReport, PolicyReport
from core.expected_error import FieldError
from core.prediction.distances import distance_errors
from core.prediction.evaluate import CellOutcome, predicts
from core.scoring.fitted_means import fit_means
from core.scoring.leaderboard_row import LeaderboardRow
from kit.times import day_of, start_of
from resources.bench_context import BenchContext
from resources.decisions.parts import SCHEMA, DecisionPartFiles
from resources.lake.leaderboards import publications, read_published
from resources.lake.specs import pinned_spec
from resources.policy_reports.arm_values import arm_estimates
from resources.policy_reports.decision_table import FirstPlaces, first_places
from resources.policy_reports.log_checks import log_checks, shown_p
from resources.scoring.computing import compute

DAY_S, DAYS = 86_400.0, 28
"""Days of decisions that a report looks back on, its own among them."""
MOST_ROWS, MOST_ARMS = 2_000_000, 200


class TooMuchOfALog(FieldError):
    """More decisions or arms than a report can hold in memory; the message says the limit."""


class NoLeaderboard(FieldError):
    """An experiment whose leaderboard is asked for and not there; the message names it."""


@dataclass(frozen=True)
class ScoredBoard:
    """A published leaderboard: its rows by arm, and the error of each score's distance from the mean of the served."""

    experiment: str | None = None
    data_hash: str | None = None
    rows: Mapping[str, LeaderboardRow] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)


def make_report(bench: BenchContext, day: str, experiment: str | None = None) -> PolicyReport:
    """Return the report of decisions in the 28 days up to `day`, against `experiment` or the board with most arms.

    Of several boards with as many it is the one that was published last. Raise TooMuchOfALog, NoLeaderboard.
    """
    parts = DecisionPartFiles(bench.home.storage)
    since = day_of(start_of(day) - (DAYS - 1) * DAY_S)
    days = [each for each in parts.days() if since <= each.day <= day]
    if sum(each.rows for each in days) > MOST_ROWS:
        raise TooMuchOfALog(f"the {DAYS} days up to {day} have more than {MOST_ROWS} rows", ("day",))
    table = pa.concat_tables([SCHEMA.empty_table(), *(parts.table(each) for each in days)]).unify_dictionaries()
    log = first_places(table)
    if len(log.arms) > MOST_ARMS:
        raise TooMuchOfALog(f"the {DAYS} days up to {day} have more than {MOST_ARMS} arms", ("day",))
    board = scored_board(bench, log.arms, experiment)
    cells = tuple(_cell(log, arm, board) for arm in range(len(log.arms)))
    compared = [
        CellOutcome(each.cell, each.score, each.score_se, None if each.refused else each.reward)
        for each in cells
        if each.score is not None and each.score_se is not None
    ]
    return PolicyReport(
        day=day,
        since=since,
        experiment=board.experiment,
        data_hash=board.data_hash,
        n_decisions=len(log.action),
        n_users=len(np.unique(log.user)),
        n_simulated=len(np.unique(log.user[log.simulated])),
        n_open=sum(each.counts.open for each in days),
        fallback_share=float(log.fallback.mean()) if len(log.fallback) else None,
        shown_p=shown_p(log),
        cells=cells,
        prediction=predicts(compared),
        checks=log_checks(days, table, log),
    )


def scored_board(bench: BenchContext, arms: Sequence[str], experiment: str | None) -> ScoredBoard:
    """Return the leaderboard on which most of the arms have a score, or that of `experiment`; an empty one without.

    Raise NoLeaderboard where that experiment has none.
    """
    found: list[tuple[int, str, str]] = []
    for name in bench.home.experiments() if experiment is None else [experiment]:
        published = read_published(bench.home, name)
        history = publications(bench.home, name)
        if published is not None and history:
            scored = sum(row.score is not None and f"{row.model}/{row.prompt}" in arms for row in published.rows)
            found.append((scored, history[-1].at, name))
    if experiment is not None and not found:
        raise NoLeaderboard(f"{experiment!r:.90} has no published leaderboard", ("experiment",))
    if not found or max(found)[0] == 0:
        return ScoredBoard(experiment)
    name = max(found)[2]
    spec = pinned_spec(bench.home, name)
    computed = compute(bench, spec)
    rows = {f"{row.model}/{row.prompt}": row for row in computed.rows}
    served = [arm for arm in arms if arm in rows and rows[arm].score is not None]
    got = fit_means(computed.tally, spec.rubric, spec.failures, composite_only=True)
    if got is None:
        return ScoredBoard(name, computed.data_hash, rows)
    place = {f"{model}/{prompt}": number for number, (model, prompt) in enumerate(spec.cell_names())}
    codes = {int(cell): code for code, cell in enumerate(got.cells)}
    chosen = np.array([codes[place[arm]] for arm in served if place[arm] in codes], np.int64)
    errors = distance_errors(got.cell, got.scenario, got.y[:, 0], chosen)
    span = spec.rubric.scale.high - spec.rubric.scale.low
    known = {} if errors is None else dict(zip(served, (errors * span).tolist(), strict=True))
    return ScoredBoard(name, computed.data_hash, rows, known)


def _cell(log: FirstPlaces, arm: int, board: ScoredBoard) -> CellReport:
    name, drawn = log.arms[arm], log.action == arm
    row, estimates = board.rows.get(name), arm_estimates(log, arm)
    chosen = next((one for one in estimates if one.estimator == REWARD_ESTIMATOR), None)
    tally = Counter(log.reward[drawn & ~np.isnan(log.reward)].tolist())
    return CellReport(
        cell=name,
        score=None if row is None else row.score,
        score_low=None if row is None else row.low,
        score_high=None if row is None else row.high,
        score_se=board.errors.get(name),
        unscored=_unscored(name, row, board),
        n_eligible=int((log.chance[:, arm] > 0).sum()),
        n_drawn=int(drawn.sum()),
        n_shown=sum(tally.values()),
        n_acted=tally[1.0],
        reward=chosen.value if chosen else None,
        reward_low=chosen.low if chosen else None,
        reward_high=chosen.high if chosen else None,
        refused=chosen.refused if chosen else "not estimable: no decision in which it could be drawn has a reward",
        estimates=tuple(estimates),
    )


def _unscored(name: str, row: LeaderboardRow | None, board: ScoredBoard) -> str | None:
    """Why nothing is compared of a cell, None where its score is."""
    if board.experiment is None:
        return "no published leaderboard has a score of a served cell"
    if row is None:
        return f"it is no cell of {board.experiment}: a template, or a cell of another experiment"
    if row.score is None:
        return f"nobody has scored it in {board.experiment}"
    return None if name in board.errors else "fewer than two scenarios are scored for all served cells"
