"""Tips: what every cell said of a situation, side by side, and what judges made of it."""

from enum import Enum
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.connection import After, Connection, First, connection_of
from api.context import Info, in_thread
from api.enums import described
from api.execution.computed import computed
from api.fields import field, query
from api.types.node import accepts
from api.types.tips.candidates import LARGEST_PAGE, Candidate, CandidateFilter, tip_request
from contracts.access.caller import Role
from contracts.benchmark.tips import JudgementView, SituationView, TipRow, TipView

Name = Annotated[str, strawberry.argument(description="The experiment's name.")]


@strawberry.type(description="A generation with what judges made of it; null is not known.")
class Tip(Candidate):
    """Shows contracts.benchmark.tips.TipRow."""

    is_type_of = accepts(TipRow)

    score: float | None = strawberry.field(
        description="Mean over the judges of the kind that the leaderboard rests on, in rubric units."
    )
    disagreement: float | None = strawberry.field(
        description="The largest score of any judge less the least; null where fewer than two have scored."
    )
    n_judges: int = strawberry.field(description="Judges who have scored it, of every kind.")


@strawberry.type(description="A judge's score on one criterion.")
class TipCriterion:
    """One criterion of a judgement."""

    name: str = strawberry.field(description="Name of the criterion.")
    value: float | None = strawberry.field(description="What was given: of a question of yes or no, 1 or 0.")


def _criteria(judgement: JudgementView) -> list[TipCriterion]:
    return [TipCriterion(name=name, value=value) for name, value in judgement.criteria.items()]


@strawberry.type(description="What one judge said of a tip.")
class Judgement:
    """Shows contracts.benchmark.tips.JudgementView."""

    is_type_of = accepts(JudgementView)

    judge: str = strawberry.field(description="Id of the judge.")
    kind: str = strawberry.field(description="human, agent, model or program.")
    score: float | None = strawberry.field(description="Weighted mean of the criteria in rubric units.")
    criteria: list[TipCriterion] = computed(_criteria, list[TipCriterion], "By criterion, in the rubric's order.")
    comment: str | None = strawberry.field(description="The judge's words, untrusted text.")
    unscorable: str | None = strawberry.field(description="Why it could not be scored, untrusted text.")
    raw: str | None = strawberry.field(description="What a model judge wrote, untrusted text; null of other judges.")


@strawberry.type(description="A tip in full, with every judgement of it.")
class JudgedTip(Tip):
    """Shows contracts.benchmark.tips.TipView."""

    is_type_of = accepts(TipView)

    raw: str | None = strawberry.field(description="The answer before cuts, untrusted text.")
    finish: str | None = strawberry.field(description="How the model said that it ended.")
    cut_off: bool | None = strawberry.field(description="Whether it ends where the model ran out of tokens.")

    @field("Every judgement in force, by judge.", gives=list[Judgement], rows=3)
    @staticmethod
    def judgements(root: strawberry.Parent[TipView]) -> list[JudgementView]:
        """Return the judgements, by judge."""
        return root.judgements


@strawberry.type(description="A scenario with what all cells said of it.")
class Situation:
    """Shows contracts.benchmark.tips.SituationView."""

    is_type_of = accepts(SituationView)

    scenario_id: str = strawberry.field(description="Id of the scenario.")
    area: str | None = strawberry.field(description="Its area of life.")
    locale: str | None = strawberry.field(description="Its locale.")
    data: JSON = strawberry.field(description="What prompts render and judges see.")
    n_tips: int = strawberry.field(description="Tips of all cells; `tips` has the first 400.")

    @field("The tips, by cell and tip.", gives=list[JudgedTip], rows=100)
    @staticmethod
    def tips(root: strawberry.Parent[SituationView]) -> list[TipView]:
        """Return the tips in grid order."""
        return root.tips


@strawberry.input(description="Which tips; every field given must match.")
class TipFilter(CandidateFilter):
    """Which tips, filtered where the file is read."""

    failed: bool | None = strawberry.field(default=None, description="Those of which no tip came, or the others.")
    search: str | None = strawberry.field(
        default=None, description="Words that all stand in the tip, its scenario or the name of its cell."
    )


@described(
    "Orders of tips; what is not known comes last.",
    GRID="By cell, scenario and tip.",
    SCENARIO="By scenario, cell and tip.",
    SCORE="By score.",
    DISAGREEMENT="By how far judges are apart.",
    LATENCY_MS="By latency.",
    TOKENS_OUT="By output tokens.",
    COST="By cost.",
)
class TipSort(Enum):
    """The orders that contracts.benchmark.tips.Tips.page knows."""

    GRID = "grid"
    SCENARIO = "scenario"
    SCORE = "score"
    DISAGREEMENT = "disagreement"
    LATENCY_MS = "latency_ms"
    TOKENS_OUT = "tokens_out"
    COST = "cost"


class TipQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "The tips of an experiment with their scores.",
        gives=Connection[Tip],
        weight=3_000,
        rows=LARGEST_PAGE,
    )
    async def tips(
        self,
        info: Info,
        experiment: Name,
        first: First = 50,
        after: After = None,
        where: Annotated[TipFilter | None, strawberry.argument(description="Which.")] = None,
        sort: Annotated[TipSort, strawberry.argument(description="By what.")] = TipSort.GRID,
        descending: Annotated[bool, strawberry.argument(description="Largest first.")] = False,
    ) -> Connection[TipRow]:
        """Return a page of tips; its cursors are bound to the experiment too."""
        request = tip_request(f"tips {experiment}", first, after, where, sort, descending=descending)
        return connection_of(await in_thread(info.context.services.tips.page, experiment, request), request)

    @query(Role.ADMIN, "One scenario of an experiment, and what all cells said of it.", gives=Situation, weight=9_000)
    async def situation(
        self,
        info: Info,
        experiment: Name,
        scenario: Annotated[str, strawberry.argument(description="Id of the scenario.")],
    ) -> SituationView:
        """Return the scenario with the tips of all cells and their judgements."""
        return await in_thread(info.context.services.tips.situation, experiment, scenario)
