"""Trials: one prompt on one scenario, asked of one model, with what it costs said before."""

from typing import Annotated

import strawberry

from api.context import Info, in_thread
from api.failures import AnyFailure
from api.fields import field, mutation, query
from api.types.authoring.previews import RenderedMessage
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.trials import TrialAnswer, TrialRequest
from contracts.benchmark.trials import TrialPlan as Planned
from core.benchmark.prompt import PromptMessage


@strawberry.input(description="What to ask a model, outside any experiment.")
class TrialInput:
    """Fields of contracts.benchmark.trials.TrialRequest."""

    model: str = strawberry.field(description="A model of the catalog.")
    prompt: str | None = strawberry.field(default=None, description="NAME or NAME@VERSION of the catalog.")
    text: str | None = strawberry.field(default=None, description="The text of a prompt that is not added yet.")
    scenario: str | None = strawberry.field(default=None, description="Id of a scenario; else the seed draws one.")
    temperature: float = strawberry.field(default=0.7, description="0 to 2.")
    seed: int = strawberry.field(default=0, description="Of the request, and of what is drawn.")


@strawberry.type(description="What a trial would send and cost; nothing was sent.")
class TrialPlan:
    """Shows contracts.benchmark.trials.TrialPlan."""

    is_type_of = accepts(Planned)

    model: str = strawberry.field(description="Name of the model.")
    prompt: str = strawberry.field(description="NAME@VERSION.")
    scenario: str = strawberry.field(description="Id of the scenario.")
    tokens_in: int = strawberry.field(description="Input tokens, one for every four characters.")
    tokens_out: int = strawberry.field(description="Output tokens at most.")
    cost: float | None = strawberry.field(description="USD at most; null where a price is not known.")

    @field("What the model would be sent.", gives=list[RenderedMessage], rows=10)
    @staticmethod
    def messages(root: strawberry.Parent[Planned]) -> list[PromptMessage]:
        """Return the turns in order; of a completion model the one text to continue."""
        return list(root.messages)


@strawberry.type(description="What a model answered; null is not known.")
class Trial:
    """Shows contracts.benchmark.trials.TrialAnswer."""

    is_type_of = accepts(TrialAnswer)

    kind: str = strawberry.field(description="text, refused, failed, transient or misconfigured.")
    tip: str | None = strawberry.field(description="What the prompt leaves of the answer; untrusted text.")
    raw: str | None = strawberry.field(description="The answer as it came; untrusted text.")
    error: str | None = strawberry.field(description="Why there is no text.")
    tokens_in: int | None = strawberry.field(description="Input tokens.")
    tokens_out: int | None = strawberry.field(description="Output tokens.")
    latency_ms: float | None = strawberry.field(description="From just before the request was sent, in ms.")
    cost: float | None = strawberry.field(description="USD.")


TrialPlanResult = Annotated[
    TrialPlan | AnyFailure, strawberry.union("TrialPlanResult", description="The plan, or why there is none.")
]
TrialResult = Annotated[
    Trial | AnyFailure, strawberry.union("TrialResult", description="The answer, or why nothing was asked.")
]


def _request(given: TrialInput) -> TrialRequest:
    return TrialRequest(**{name: getattr(given, name) for name in TrialRequest.__struct_fields__})


class TrialQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "What a trial would send and cost; nothing is sent.", gives=TrialPlanResult, weight=5_000)
    async def plan_trial(
        self,
        info: Info,
        input: Annotated[TrialInput, strawberry.argument(description="What to ask.")],  # noqa: A002  # as launchBenchmark calls it
    ) -> Planned:
        """Return the plan of a trial; raise InvalidInput with the field at fault."""
        return await info.context.compute(info.context.services.trials.plan, _request(input))


class TrialMutations:
    """Root fields of the mutation."""

    @mutation(
        Role.ADMIN,
        "Ask a model with one prompt for one scenario; nothing is kept, and the answer is paid.",
        gives=TrialResult,
        weight=5_000,
    )
    async def try_prompt(
        self,
        info: Info,
        input: Annotated[TrialInput, strawberry.argument(description="What to ask.")],  # noqa: A002  # as launchBenchmark calls it
        max_cost: Annotated[
            float | None, strawberry.argument(description="USD; Conflict where it may cost more by now.")
        ] = None,
    ) -> TrialAnswer:
        """Return the model's answer, after two minutes that there was none; raise Conflict over the agreed cost."""
        info.context.note(target=input.model)
        answer = await in_thread(info.context.services.trials.ask, _request(input), max_cost)
        info.context.note(after={"kind": answer.kind})
        return answer
