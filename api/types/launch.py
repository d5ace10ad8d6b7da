"""Plans and launches: the options of every entry point, their cost, and the run that they queue."""

from typing import Annotated, TypeVar

import msgspec
import strawberry

from api.context import Info, in_thread
from api.execution.computed import computed
from api.failures import AnyFailure
from api.fields import field, mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.launches import CellPlanView, JudgePlanView, Launched, LaunchRequest, PlanView
from contracts.refusals import InvalidInput
from core.benchmark.spec import OPTIONS, Options
from core.choosing.planning import DecisionPlan, Spread
from kit.validation import in_words, path_of

T = TypeVar("T")


def _with_options(cls: type[T]) -> type[T]:
    """Give an input a nullable field for each option of a benchmark, behind its first field."""
    own = dict(cls.__annotations__)
    first = next(iter(own))
    kinds = {name: list[str] if info.kind is tuple else info.kind for name, info in OPTIONS.items()}
    options = {name: kind | None for name, kind in kinds.items()}
    cls.__annotations__ = {first: own.pop(first), **options, **own}
    for name, info in OPTIONS.items():
        setattr(cls, name, strawberry.field(default=None, description=info.sentence))
    return cls


@strawberry.input(description="The options of a benchmark; what is left out comes from the pin or the defaults.")
@_with_options
class LaunchInput:
    """The options of a launch, with the same names as at every entry point."""

    experiment: str = strawberry.field(description="tip-bench- and 1 to 63 of a-z, 0-9 and '-'.")
    judges: list[str] | None = strawberry.field(default=None, description="ID or ID=KIND.")
    accept_failures: bool = strawberry.field(default=False, description="Make what cannot be collected final.")
    retry_failed: bool = strawberry.field(default=False, description="Request again what failed; it is paid again.")


@strawberry.type(description="What one cell would still ask for; upper estimates.")
class CellPlan:
    """Shows contracts.benchmark.launches.CellPlanView."""

    is_type_of = accepts(CellPlanView)

    model: str = strawberry.field(description="Name of the model.")
    prompt: str = strawberry.field(description="Name of the prompt.")
    generations: int = strawberry.field(description="Generations in all.")
    to_ask: int = strawberry.field(description="Of them without a final outcome.")
    tokens_in: int = strawberry.field(description="Input tokens of those.")
    tokens_out: int = strawberry.field(description="Output tokens at most.")
    cost: float | None = strawberry.field(description="USD; null where a price is not known.")


@strawberry.type(description="What comes to a judge who is no program, at most.")
class JudgePlan:
    """Shows contracts.benchmark.launches.JudgePlanView."""

    is_type_of = accepts(JudgePlanView)

    judge: str = strawberry.field(description="Id of the judge.")
    new: int = strawberry.field(description="Tips that it has not judged, in all.")
    anchors: int = strawberry.field(description="Old ones that it is shown again.")
    of: int | None = strawberry.field(description="All tips, for one that is asked inside the run; else null.")
    requests: int | None = strawberry.field(description="What that one is sent, at one answer each; else null.")
    cost: float | None = strawberry.field(description="USD of that, at most; null where a price is not known.")
    trial_requests: int = strawberry.field(description="What its trial asks beside that; 0 where it was tried.")
    trial_cost: float | None = strawberry.field(description="USD of those, at most; null where it is not known.")


@strawberry.type(description="The standard deviation of a scenario's difference between two cells, in rubric units.")
class DifferenceSpread:
    """Shows core.choosing.planning.Spread."""

    is_type_of = accepts(Spread)

    sd: float = strawberry.field(description="Of all cells.")
    low: float | None = strawberry.field(description="Of the cell with the least; null where it is assumed.")
    high: float | None = strawberry.field(description="Of the cell with the most; null where it is assumed.")
    seen_in: str | None = strawberry.field(description="The experiment that it was seen in; null where it is assumed.")


@strawberry.type(description="What can be shown and decided with so many cells and scenarios.")
class DecidingPlan:
    """Shows core.choosing.planning.DecisionPlan."""

    is_type_of = accepts(DecisionPlan)

    cells: int = strawberry.field(description="Cells, model × prompt.")
    scenarios: int = strawberry.field(description="Scenarios.")
    smallest_difference: float | None = strawberry.field(
        description="True difference to the baseline that is found with 80 %; null with too few scenarios or cells."
    )
    margin: float = strawberry.field(description="The difference in score that does not matter.")
    scenarios_needed: int | None = strawberry.field(
        description="In all, to name the cheapest of equal cells by this margin with 80 %; null for one cell."
    )
    has_looks: bool = strawberry.field(description="Whether looks at growing data are planned on record already.")
    sentences: list[str] = strawberry.field(description="All of it in words.")

    @field("What both numbers rest on.", gives=DifferenceSpread)
    @staticmethod
    def spread(root: strawberry.Parent[DecisionPlan]) -> Spread:
        """Return the standard deviation, seen or assumed."""
        return root.spread


@strawberry.type(description="What a launch would ask for; nothing was written.")
class Plan:
    """Shows contracts.benchmark.launches.PlanView."""

    is_type_of = accepts(PlanView)

    experiment: str = strawberry.field(description="Name of the experiment.")
    generations: int = strawberry.field(description="Generations in all.")
    to_ask: int = strawberry.field(description="Of them without a final outcome.")
    journaled: int = strawberry.field(description="Of them in the journal.")
    taken_over: int = strawberry.field(description="Of them taken over by `extends`.")
    tokens_in: int = strawberry.field(description="Input tokens of those to ask.")
    tokens_out: int = strawberry.field(description="Output tokens at most.")
    cost: float | None = strawberry.field(description="USD at most; null where any price is not known.")
    skipped: list[str] = strawberry.field(description="Models that max_model_b leaves out.")
    warnings: list[str] = strawberry.field(
        description="What to know before, in sentences: models that share a machine, edited entries, few tokens."
    )

    @field("By cell.", gives=list[CellPlan], rows=100)
    @staticmethod
    def cells(root: strawberry.Parent[PlanView]) -> list[CellPlanView]:
        """Return the planned cells in the order of the spec."""
        return root.cells

    @field("By judge.", gives=list[JudgePlan], rows=10)
    @staticmethod
    def judges(root: strawberry.Parent[PlanView]) -> list[JudgePlanView]:
        """Return what comes to each judge on record, named or taken over."""
        return root.judges

    @field("What can be shown and decided with it.", gives=DecidingPlan)
    @staticmethod
    def deciding(root: strawberry.Parent[PlanView]) -> DecisionPlan:
        """Return what so many cells and scenarios can show."""
        return root.deciding


@strawberry.type(description="A queued run.")
class Launch:
    """Shows contracts.benchmark.launches.Launched."""

    is_type_of = accepts(Launched)

    experiment: str = strawberry.field(description="Name of the experiment.")
    run_id: str = strawberry.field(description="Dagster's id of the run; `runProgress` follows it.")
    repeated: bool = strawberry.field(
        description="Whether the same key, or an equal launch that is queued or under way, had launched it."
    )
    dagit_url: str = computed(lambda row: f"/dagster/runs/{row.run_id}", str, "Where Dagit shows the run.")


PlanResult = Annotated[Plan | AnyFailure, strawberry.union("PlanResult", description="The plan, or why there is none.")]
LaunchResult = Annotated[
    Launch | Plan | AnyFailure,
    strawberry.union("LaunchResult", description="The queued run, the plan of a dry run, or why not."),
]


def request_from(given: LaunchInput, actor: str, key: str | None = None) -> LaunchRequest:
    """Return the launch request of an input; raise InvalidInput that names the option at fault."""
    fields = {name: getattr(given, name) for name in Options.__struct_fields__}
    try:
        options = msgspec.convert(fields, Options)
    except msgspec.ValidationError as error:
        raise InvalidInput(in_words(error, Options), path_of(error)) from error
    return LaunchRequest(
        experiment=given.experiment,
        options=options,
        judges=tuple(given.judges or ()),
        accept_failures=given.accept_failures,
        retry_failed=given.retry_failed,
        key=key,
        actor=actor,
    )


Spec = Annotated[LaunchInput, strawberry.argument(name="spec", description="What to plan.")]


class LaunchQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "Generations, tokens and money of a launch, before anything is paid.",
        gives=PlanResult,
        weight=5_000,
    )
    async def plan(
        self,
        info: Info,
        spec: Spec,
        margin: Annotated[
            float | None, strawberry.argument(description="Of a decision, in rubric units; 5 % of the scale by itself.")
        ] = None,
    ) -> PlanView:
        """Return the plan of a launch; nothing is written."""
        request = request_from(spec, info.context.known.subject)
        return await info.context.compute(info.context.services.launches.plan, request, margin)


class LaunchMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "Validate, pin and queue a benchmark, or go on with it.", gives=LaunchResult, weight=5_000)
    async def launch_benchmark(
        self,
        info: Info,
        input: Annotated[LaunchInput, strawberry.argument(description="The options.")],  # noqa: A002  # the contract's word
        idempotency_key: Annotated[
            str | None, strawberry.argument(description="The same key again answers with the same run.")
        ] = None,
        dry_run: Annotated[bool, strawberry.argument(description="Answer with the plan, launch nothing.")] = False,
    ) -> Launched | PlanView:
        """Queue the run and return it within a second, or the plan for a dry run."""
        info.context.note(target=input.experiment)
        request = request_from(input, info.context.known.subject, idempotency_key)
        if dry_run:
            info.context.note(after={"dry_run": "true"})
            return await info.context.compute(info.context.services.launches.plan, request)
        launched = await in_thread(info.context.services.launches.launch, request)
        info.context.note(after={"run": launched.run_id, "repeated": str(launched.repeated)})
        return launched
