"""The records that the report is rendered from."""

from dataclasses import dataclass, field

from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from core.scoring.exploratory import CriterionDifference
from core.scoring.judge_effects import NewJudgesRow
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow


@dataclass(frozen=True)
class TipScore:
    """One tip as the shown judges scored it; `score` is the mean of `scores` by judge, in rubric units."""

    cell: int
    scenario: int
    tip_index: int
    text: str
    score: float
    scores: dict[str, float]


def excerpt(text: str, most: int) -> str:
    """Return the text, cut with an ellipsis to at most `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass(frozen=True)
class ReportInput:
    """A published leaderboard with what explains it; `rows` best first.

    `other_policy` holds the rows under the other failure policy if its order differs; `new_judges` is empty with too
    few judges; notes and warnings are sentences. `other_kinds` counts scores by judges of the kinds that are not
    shown.
    """

    spec: Spec
    rows: list[LeaderboardRow]
    slices: list[SliceRow]
    criteria: list[CriterionDifference]
    judges: dict[str, JudgeKind]
    baseline: tuple[str, str]
    published_at: str
    tips: list[TipScore]
    other_policy: list[LeaderboardRow] | None
    judge_notes: list[str]
    new_judges: list[NewJudgesRow]
    warnings: list[str]
    other_kinds: dict[JudgeKind, int] = field(default_factory=dict)
