"""Judges side by side: how often two of them say the same of the tips that both have scored."""

from typing import Annotated

import strawberry

from api.context import ApiServices, Info
from api.fields import query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.judge_reviews import CriterionAgreement as CriterionView
from contracts.judge_reviews import JudgeAgreement as AgreementView
from contracts.judge_reviews import JudgePace as PaceView
from contracts.judge_reviews import JudgePair as PairView


@strawberry.type(description="How fast a judge answers on pages.")
class JudgePace:
    """Shows contracts.judge_reviews.JudgePace."""

    is_type_of = accepts(PaceView)

    seconds: float | None = strawberry.field(
        description="From one answer to the next: the median of the last 40, pauses of 5 minutes aside; null before 4."
    )
    last_at: str = strawberry.field(description="When the last answer was given, ISO 8601 in UTC.")


@strawberry.type(description="How two judges' values of one criterion compare.")
class CriterionAgreement:
    """Shows contracts.judge_reviews.CriterionAgreement."""

    is_type_of = accepts(CriterionView)

    criterion: str = strawberry.field(description="Name of the criterion.")
    n: int = strawberry.field(description="Tips that both have scored on it.")
    exact: float = strawberry.field(description="Share of equal values, 0 to 1.")
    adjacent: float = strawberry.field(
        description="Share of values at most one apart, 0 to 1; of yes or no the equal ones."
    )
    mean_difference: float = strawberry.field(
        description="Mean of the second judge's value minus the first's, in rubric units."
    )


@strawberry.type(description="Two judges side by side.")
class JudgePair:
    """Shows contracts.judge_reviews.JudgePair."""

    is_type_of = accepts(PairView)

    first: str = strawberry.field(description="Id of the judge.")
    second: str = strawberry.field(description="Id of the other judge.")
    n: int = strawberry.field(description="Tips that both have scored.")
    criteria: list[CriterionAgreement] = strawberry.field(description="By criterion, in the rubric's order.")


@strawberry.type(description="The judges of an experiment, each two side by side.")
class JudgeAgreement:
    """Shows contracts.judge_reviews.JudgeAgreement."""

    is_type_of = accepts(AgreementView)

    n_judges: int = strawberry.field(description="Judges whose scores are published.")
    pairs: list[JudgePair] = strawberry.field(
        description="Of the first 20 judges by id, those with a tip that both have scored."
    )


def paces_by_round(services: ApiServices, rounds: list[str]) -> list[PaceView | None]:
    """Return how fast each round goes, for a loader."""
    return services.reviews.paces(rounds)


class AgreementQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "Judges of an experiment, each two side by side on what both have scored and is published.",
        gives=JudgeAgreement,
        weight=20_000,
    )
    async def judge_agreement(
        self, info: Info, experiment: Annotated[str, strawberry.argument(description="The experiment's name.")]
    ) -> AgreementView:
        """Return pairs of judges by their ids; none before two have scored a tip in common."""
        return await info.context.compute(info.context.services.reviews.agreement, experiment)
