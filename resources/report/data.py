"""The records that the report is rendered from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from core.estimate.design import Floats, Ints
from core.sanitize import visible
from core.scoring.exploratory import CriterionDifference
from core.scoring.judge_effects import NewJudgesRow
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow

JudgeWords = tuple[str | None, str | None]
"""Why a model judge scored a tip as it did, None where it did not say, and all that it wrote."""
Words = Callable[[int], Mapping[str, JudgeWords]]


@dataclass(frozen=True)
class TipScore:
    """One tip as the shown judges scored it; `score` is the mean of `scores` by judge, in rubric units.

    `words` has by judge what models wrote of it.
    """

    cell: int
    scenario: int
    tip_index: int
    text: str
    score: float
    scores: dict[str, float]
    words: Mapping[str, JudgeWords] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoredTips:
    """All N tips that a shown judge has scored, in grid order; what is shown of them is few.

    `cell`, `scenario`, `tip_index` and `score` (N) are as in TipScore. From `starts` (N + 1) of a tip to that of the
    next, `given` holds its scores and `judge` the codes of `judges` who gave them; `text` returns that at a `row` (N),
    `words` what model judges wrote.
    """

    cell: Ints
    scenario: Ints
    tip_index: Ints
    score: Floats
    starts: Ints
    given: Floats
    judge: Ints
    judges: tuple[str, ...]
    row: Ints
    text: Callable[[int], str]
    words: Words = lambda _: {}

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.cell)

    def one(self, number: int) -> TipScore:
        """Return one of them, its text without what could make it read as something else."""
        own = slice(self.starts[number], self.starts[number + 1])
        return TipScore(
            cell=int(self.cell[number]),
            scenario=int(self.scenario[number]),
            tip_index=int(self.tip_index[number]),
            text=visible(self.text(int(self.row[number]))),
            score=float(self.score[number]),
            scores={
                self.judges[code]: float(score) for code, score in zip(self.judge[own], self.given[own], strict=True)
            },
            words=self.words(int(self.row[number])),
        )


def excerpt(text: str, most: int) -> str:
    """Return the text, cut with an ellipsis to at most `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass(frozen=True)
class Origins:
    """Judges whose scores came with adopted outputs, and those who scored what was handed out here; one may be both."""

    adopted: tuple[str, ...] = ()
    here: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportInput:
    """A published leaderboard with what explains it; `rows` best first.

    `other_policy` holds the rows under the other failure policy if its order differs; `new_judges` is empty with too
    few judges; notes, warnings and what `judging` by models came to are sentences. `other_kinds` counts scores by
    judges of the kinds that are not shown, `n_tips` tips with a text. `by_default` says that nobody chose the baseline;
    `estimator_note` is empty unless another version of the estimator ordered the same scores otherwise.
    """

    spec: Spec
    rows: list[LeaderboardRow]
    slices: list[SliceRow]
    criteria: list[CriterionDifference]
    judges: dict[str, JudgeKind]
    baseline: tuple[str, str]
    published_at: str
    tips: ScoredTips
    n_tips: int
    other_policy: list[LeaderboardRow] | None
    judge_notes: list[str]
    new_judges: list[NewJudgesRow]
    warnings: list[str]
    other_kinds: dict[JudgeKind, int] = field(default_factory=dict)
    origins: Origins = field(default_factory=Origins)
    by_default: bool = False
    estimator_note: str = ""
    judging: Sequence[str] = ()
