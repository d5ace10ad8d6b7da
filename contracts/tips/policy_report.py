"""The report of a day: whether the scores of a leaderboard go with what users did with the tips that were served."""

from typing import Protocol

import msgspec

from contracts.paging import Page, PageRequest
from core.off_policy.evaluate import PolicyEstimate
from core.prediction.evaluate import BenchmarkPrediction

REWARD_ESTIMATOR = "dr"
"""The estimator whose value is a cell's reward; the others stand beside it."""


class CellReport(msgspec.Struct, frozen=True, kw_only=True):
    """A served cell: its score with a 95 % interval in rubric units, and the reward had it always been drawn.

    `n_eligible` decisions could have drawn it at their first place, `n_drawn` did, of `n_shown` the tip was shown, and
    `n_acted` were acted on in time. Scores are None, and `unscored` says why, where the leaderboard has none. Rewards
    are those of `estimates` by REWARD_ESTIMATOR; `refused` says why they have no interval.
    """

    cell: str
    score: float | None
    score_low: float | None
    score_high: float | None
    score_se: float | None
    unscored: str | None
    n_eligible: int
    n_drawn: int
    n_shown: int
    n_acted: int
    reward: float | None
    reward_low: float | None
    reward_high: float | None
    refused: str | None
    estimates: tuple[PolicyEstimate, ...]


class LogCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must hold of a log before it may be believed, in a sentence."""

    name: str
    passed: bool
    message: str


class PolicyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What decisions of the days from `since` to `day` say of a leaderboard, None where no cell of one was served.

    Of the users `n_simulated` are a program's and no people, as `tipbench simulate-users` plays them.
    `prediction` compares scores and rewards of the cells that have both. `n_open` decisions of these days have no
    outcome yet, so that a later report of the same day may say more. `shown_p` is the chi-square p that the share of
    drawn tips that was shown is the same for all cells, None where there are too few to compare.
    """

    day: str
    since: str
    experiment: str | None
    data_hash: str | None
    n_decisions: int
    n_users: int
    n_open: int
    fallback_share: float | None
    shown_p: float | None
    cells: tuple[CellReport, ...]
    prediction: BenchmarkPrediction
    checks: tuple[LogCheck, ...]
    n_simulated: int = 0


class PolicyReports(Protocol):
    """The reports that are stored."""

    def page(self, request: PageRequest) -> Page[PolicyReport]:
        """Return reports, the newest day first; raise InvalidCursor, and Unavailable where one cannot be read."""
        ...
