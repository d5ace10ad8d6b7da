"""Trials of judges of the catalog on the tips of an experiment."""

from typing import Annotated

import strawberry

from api.context import Info, in_thread
from api.failures import AnyFailure
from api.fields import field, mutation
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.trials import AnsweredTip, JudgeTrialView


@strawberry.type(description="A tip of a trial and what a judge wrote of it.")
class TriedTip:
    """Shows contracts.benchmark.trials.AnsweredTip."""

    is_type_of = accepts(AnsweredTip)

    tip: str = strawberry.field(description="The tip, or which fault a planted one has; untrusted text.")
    said: str | None = strawberry.field(description="What came of a planted one.")
    raw: list[str] = strawberry.field(description="What the judge wrote, each time; untrusted text.")


@strawberry.type(description="What a judge made of real and planted tips, before it is paid for the rest.")
class TrialOfJudge:
    """Shows contracts.benchmark.trials.JudgeTrialView."""

    is_type_of = accepts(JudgeTrialView)

    judge: str = strawberry.field(description="Id of the judge.")
    experiment: str = strawberry.field(description="Name of the experiment.")
    prompt: str = strawberry.field(description="What is sent of the first item.")
    noise: float | None = strawberry.field(description="sd of its answers to one item, in rubric units.")
    said: str | None = strawberry.field(description="What the trial tells; null without an end.")
    rest: str = strawberry.field(description="What is left to judge, and for how much.")
    stop: str | None = strawberry.field(description="Why the judge is not used; null where it is.")
    held: str | None = strawberry.field(description="Why the trial has no end yet; null where it has.")

    @field("Real tips, each answered twice.", gives=list[TriedTip], rows=20)
    @staticmethod
    def items(root: strawberry.Parent[JudgeTrialView]) -> list[AnsweredTip]:
        """Return the tips in the order in which they were put."""
        return list(root.items)

    @field("Planted tips, each with a known fault.", gives=list[TriedTip], rows=5)
    @staticmethod
    def planted(root: strawberry.Parent[JudgeTrialView]) -> list[AnsweredTip]:
        """Return the planted tips."""
        return list(root.planted)


TrialOfJudgeResult = Annotated[
    TrialOfJudge | AnyFailure, strawberry.union("TrialOfJudgeResult", description="The trial, or why there is none.")
]


class JudgeTrialMutations:
    """Root fields of the mutation."""

    @mutation(
        Role.ADMIN,
        "Let a judge of the catalog answer 20 tips twice and five planted ones; made once, and its answers are paid.",
        gives=TrialOfJudgeResult,
        weight=5_000,
    )
    async def try_judge(
        self,
        info: Info,
        experiment: Annotated[str, strawberry.argument(description="Name of a collected or adopted experiment.")],
        judge: Annotated[str, strawberry.argument(description="A judge of the catalog.")],
        anyway: Annotated[
            bool, strawberry.argument(description="Record that it is used whatever the trial shows.")
        ] = False,  # a field's argument, which is given by name
    ) -> JudgeTrialView:
        """Return the trial, made now or before; raise InProgress while the judge is being asked."""
        info.context.note(target=experiment)
        actor = info.context.known.subject
        return await in_thread(info.context.services.judge_trials.try_judge, experiment, judge, actor, anyway=anyway)
