"""Reports by day: whether the scores of a leaderboard go with what users did with the tips that were served."""

from enum import Enum

import strawberry

from api.connection import After, Connection, First, connection_of, request_of
from api.context import Info, in_thread
from api.enums import described
from api.execution.computed import computed
from api.fields import field, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.tips import policy_report as contract
from core.off_policy import evaluate
from core.prediction import evaluate as prediction

LARGEST_PAGE = 30


@described(
    "What the slope of rewards on scores says.",
    AGREES="Its interval lies above 0: cells with higher scores earn more.",
    DISAGREES="Its interval lies below 0.",
    UNKNOWN="Either may be, or it is not estimable.",
)
class PredictionVerdict(Enum):
    """See core.prediction.evaluate.BenchmarkPrediction."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    UNKNOWN = "unknown"


@strawberry.type(description="An off-policy estimate: the mean reward of a decision, had the cell always been drawn.")
class PolicyEstimate:
    """Shows core.off_policy.evaluate.PolicyEstimate."""

    is_type_of = accepts(evaluate.PolicyEstimate)

    estimator: str = strawberry.field(description="ips, snips, clipped_ips, dm, dr or switch_dr.")
    value: float | None = strawberry.field(description="There also where it is refused; null where there is none.")
    low: float | None = strawberry.field(description="Lower end of 95 %; null where it is refused.")
    high: float | None = strawberry.field(description="Upper end of 95 %; null where it is refused.")
    n: int = strawberry.field(description="Decisions with a reward.")
    ess: float = strawberry.field(description="Effective sample size of its weights, by Kish.")
    mean_weight: float = strawberry.field(description="Of the weights that it gives to rewards.")
    max_weight: float = strawberry.field(description="Of the weights that it gives to rewards.")
    refused: str | None = strawberry.field(
        description="Why it has no interval, and what is missing; null where it has."
    )


def _shown_share(cell: contract.CellReport) -> float | None:
    return cell.n_shown / cell.n_drawn if cell.n_drawn else None


@strawberry.type(description="A served cell: its score, and its reward had it always been drawn; null is not known.")
class CellReport:
    """Shows contracts.tips.policy_report.CellReport."""

    is_type_of = accepts(contract.CellReport)

    cell: str = strawberry.field(description="As MODEL/PROMPT.")
    score: float | None = strawberry.field(description="Of the leaderboard, in rubric units.")
    score_low: float | None = strawberry.field(description="Lower end of 95 %.")
    score_high: float | None = strawberry.field(description="Upper end of 95 %.")
    score_se: float | None = strawberry.field(description="Error of its distance from the mean of the compared cells.")
    unscored: str | None = strawberry.field(description="Why it is not compared; null where it is.")
    n_eligible: int = strawberry.field(description="Decisions that could have drawn it at their first place.")
    n_drawn: int = strawberry.field(description="Decisions that did.")
    n_shown: int = strawberry.field(description="Of those, whose tip was shown.")
    n_acted: int = strawberry.field(description="Of those, that were acted on in time.")
    shown_share: float | None = computed(
        _shown_share, float | None, "Share of what was drawn that was shown, 0 to 1; null where nothing was drawn."
    )
    reward: float | None = strawberry.field(description="Share acted on had it always been drawn, by cross-fitted DR.")
    reward_low: float | None = strawberry.field(description="Lower end of 95 %; null where it is refused.")
    reward_high: float | None = strawberry.field(description="Upper end of 95 %; null where it is refused.")
    refused: str | None = strawberry.field(description="Why the reward has no interval; null where it has.")

    @field("The reward by all six estimators.", gives=list[PolicyEstimate], rows=6)
    @staticmethod
    def estimates(root: strawberry.Parent[contract.CellReport]) -> list[evaluate.PolicyEstimate]:
        """Return them in the order in which docs/off-policy.md has them; none where no reward is known."""
        return list(root.estimates)


@strawberry.type(description="How rewards go with scores over the compared cells; null is not estimable.")
class BenchmarkPrediction:
    """Shows core.prediction.evaluate.BenchmarkPrediction."""

    is_type_of = accepts(prediction.BenchmarkPrediction)

    n_cells: int = strawberry.field(description="Cells with both a score and a reward.")
    rank_correlation: float | None = strawberry.field(description="Spearman's, of scores and rewards as measured.")
    rank_low: float | None = strawberry.field(description="Lower end of 95 %.")
    rank_high: float | None = strawberry.field(description="Upper end of 95 %.")
    slope: float | None = strawberry.field(description="Difference of rewards for one point of true score.")
    slope_low: float | None = strawberry.field(description="Lower end of 95 %.")
    slope_high: float | None = strawberry.field(description="Upper end of 95 %.")
    reliability: float | None = strawberry.field(description="Share of the scores' variance that is no error.")
    verdict: PredictionVerdict = strawberry.field(description="What the slope says.")
    refused: str | None = strawberry.field(
        description="Why it is not estimable, and what is missing; null where it is."
    )


@strawberry.type(description="One thing that must hold of the log before it may be believed.")
class LogCheck:
    """Shows contracts.tips.policy_report.LogCheck."""

    is_type_of = accepts(contract.LogCheck)

    name: str = strawberry.field(description="sample_ratio, shares_shown, fallbacks, propensities or log_complete.")
    passed: bool = strawberry.field(description="Whether it holds.")
    message: str = strawberry.field(description="What was found, in a sentence.")


@strawberry.type(description="What published decisions of 28 days say of a leaderboard.")
class PolicyReport:
    """Shows contracts.tips.policy_report.PolicyReport."""

    is_type_of = accepts(contract.PolicyReport)

    day: str = strawberry.field(description="The last of the days, YYYY-MM-DD in UTC.")
    since: str = strawberry.field(description="The first of them.")
    experiment: str | None = strawberry.field(description="Whose leaderboard; null where no served cell is on one.")
    data_hash: str | None = strawberry.field(description="Of the scores that the leaderboard rests on.")
    n_decisions: int = strawberry.field(description="Published ones of these days.")
    n_users: int = strawberry.field(description="Users whom they were for.")
    n_simulated: int = strawberry.field(description="Users among them whom a program plays: they are no people.")
    n_open: int = strawberry.field(description="Decisions without an outcome yet; a later report may have them.")
    fallback_share: float | None = strawberry.field(description="Of decisions drawn from templates; null without one.")
    shown_p: float | None = strawberry.field(
        description="Chi-square p that drawn tips of all cells were shown as often; null where too few were drawn."
    )
    prediction: BenchmarkPrediction = strawberry.field(description="Does the benchmark predict reactions?")

    @field("The served cells, by name.", gives=list[CellReport], rows=20)
    @staticmethod
    def cells(root: strawberry.Parent[contract.PolicyReport]) -> list[contract.CellReport]:
        """Return at most 200 cells."""
        return list(root.cells)

    @field("What must hold of the log, and whether it does.", gives=list[LogCheck], rows=5)
    @staticmethod
    def checks(root: strawberry.Parent[contract.PolicyReport]) -> list[contract.LogCheck]:
        """Return the five checks of the asset."""
        return list(root.checks)


class PolicyReportQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "Reports of the asset policy_reports, the newest day first.",
        gives=Connection[PolicyReport],
        weight=1_000,
        rows=LARGEST_PAGE,
    )
    async def policy_reports(
        self, info: Info, first: First = 1, after: After = None
    ) -> Connection[contract.PolicyReport]:
        """Return a page of reports, at most 30."""
        listing = request_of("policyReports", first, after, most=LARGEST_PAGE)
        return connection_of(await in_thread(info.context.services.policy_reports.page, listing), listing)
