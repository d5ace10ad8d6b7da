"""Which cell of an experiment to ship, by its leaderboard as the scores are now, and what was chosen before."""

from enum import Enum
from typing import Annotated

import strawberry

from api.context import Info, in_thread
from api.enums import described
from api.execution.computed import computed
from api.failures import AnyFailure
from api.fields import field, mutation, query
from api.types.choosing.hand_overs import RecordedShip
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.choices import (
    ChampionView,
    ChoiceRequest,
    ChoicesView,
    ChoiceView,
    ShipView,
)
from contracts.refusals import InvalidInput
from core.choosing.choice import AsideCell, LookView
from core.choosing.choice import CellChoice as Choice
from core.choosing.limits import BrokenLimit

MOST_CHOICES, MOST_FLOORS, MOST_LOOKS = 50, 50, 100


@described(
    "What was decided.",
    SHIP="One cell is surely at most the margin worse than the best, and the cheapest of which that is sure.",
    TIE="As SHIP, and others are equal to it within the margin.",
    KEEP="The cell in use stays.",
    NO="Every cell breaks a limit for certain.",
    NOT_ENOUGH="The scores do not tell yet.",
)
class ChoiceDecision(Enum):
    """The decisions that core.choosing.choice.Decision names."""

    SHIP = "ship"
    TIE = "tie"
    KEEP = "keep"
    NO = "no"
    NOT_ENOUGH = "not_enough"


@strawberry.input(description="The least value of a criterion that a cell must surely have.")
class FloorInput:
    """A floor of a choice."""

    criterion: str = strawberry.field(description="Name of the criterion.")
    value: float = strawberry.field(description="In rubric units, of a gate a share from 0 to 1.")


@strawberry.input(description="What a choice is made by; what is left out is not limited.")
class ChoiceInput:
    """The options of a choice, with the same names as at every entry point."""

    margin: float = strawberry.field(description="The difference in score that does not matter, in rubric units.")
    max_cost_per_1k: float | None = strawberry.field(
        default=None, name="maxCostPer1k", description="Largest cost of 1,000 tips, in USD."
    )
    max_p95_ms: float | None = strawberry.field(
        default=None, name="maxP95Ms", description="Largest 95th percentile of the latency, in ms."
    )
    floors: list[FloorInput] | None = strawberry.field(default=None, description="Least values of criteria.")
    champion: str | None = strawberry.field(
        default=None, description="The cell in use, MODEL/PROMPT; left out it is the last one that was shipped."
    )
    judges: str | None = strawberry.field(default=None, description="A kind, or ids of one kind: a,b.")
    looks: int | None = strawberry.field(
        default=None, description="How often a cell will be chosen as scores come in; the first choice says."
    )
    max_scenarios: int | None = strawberry.field(
        default=None, description="With how many scenarios the last look is; the first choice says."
    )


@strawberry.type(description="A limit that a cell breaks for certain.")
class BrokenShipLimit:
    """Shows core.choosing.limits.BrokenLimit."""

    is_type_of = accepts(BrokenLimit)

    cell: str = strawberry.field(description="MODEL/PROMPT.")
    limit: str = strawberry.field(description="Name of the limit.")
    value: float | None = strawberry.field(description="Its value there; null where it is not known.")


@strawberry.type(description="A scored cell that took no part.")
class CellAside:
    """Shows core.choosing.choice.AsideCell."""

    is_type_of = accepts(AsideCell)

    cell: str = strawberry.field(description="MODEL/PROMPT.")
    why: str = strawberry.field(description="Why it neither ships nor competes.")
    gain: float | None = strawberry.field(description="Its score minus that of the found cell; null without one.")


@strawberry.type(description="Which look at the scores a choice is, of those that were planned.")
class Look:
    """Shows core.choosing.choice.LookView."""

    is_type_of = accepts(LookView)

    number: int = strawberry.field(description="Its number, from 1.")
    of: int = strawberry.field(description="How many were planned.")
    max_scenarios: int = strawberry.field(description="With how many scenarios the last one is.")
    level: float = strawberry.field(description="The confidence that this look has, 0 to 1.")
    unplanned: bool = strawberry.field(description="Whether it is beyond the plan, and so names no cell.")


@strawberry.type(description="A choice with what it rests on; null is not known.")
class CellChoice:
    """Shows core.choosing.choice.CellChoice."""

    is_type_of = accepts(Choice)

    decision: ChoiceDecision = strawberry.field(description="What was decided.")
    cell: str | None = strawberry.field(description="The cell that it is for, MODEL/PROMPT.")
    equal_to: list[str] = strawberry.field(description="Cells that are equal to it within the margin.")
    champion: str | None = strawberry.field(description="The cell in use.")
    reason: str = strawberry.field(description="Why, in words.")
    margin: float = strawberry.field(description="The difference in score that does not matter.")
    score: float | None = strawberry.field(description="The cell's score.")
    low: float | None = strawberry.field(description="Lower end of its 95 % interval.")
    high: float | None = strawberry.field(description="Upper end of its 95 % interval.")
    best_of: int = strawberry.field(description="Cells of which it was found; chance may have raised the best one's.")
    scenarios_needed: int | None = strawberry.field(description="About how many more scenarios would tell.")
    judge_noise: float | None = strawberry.field(description="What the judge's own answers differ by.")
    data_hash: str = computed(lambda row: row.board.data_hash, str, "Hash of the scores that it rests on.")
    judge_kind: str | None = computed(lambda row: row.board.judge_kind, str | None, "Kind of the judges.")
    judges: list[str] = computed(lambda row: list(row.board.judges), list[str], "The judges.")
    scenarios: int = computed(lambda row: row.board.scenarios, int, "Scenarios that were compared.")

    @field("Which look at the scores it is.", gives=Look)
    @staticmethod
    def look(root: strawberry.Parent[Choice]) -> LookView:
        """Return which look the choice is."""
        return root.look

    @field("Limits that cells break for certain.", gives=list[BrokenShipLimit], rows=100)
    @staticmethod
    def failed(root: strawberry.Parent[Choice]) -> list[BrokenLimit]:
        """Return the broken limits, in the order of the board."""
        return list(root.failed)

    @field("Scored cells that took no part.", gives=list[CellAside], rows=100)
    @staticmethod
    def aside(root: strawberry.Parent[Choice]) -> list[AsideCell]:
        """Return the cells that neither ship nor compete."""
        return list(root.aside)


@strawberry.type(description="An option that a choice was made by.")
class ChoiceOption:
    """A name and its value as a text."""

    name: str = strawberry.field(description="Name of the option.")
    value: str = strawberry.field(description="Its value.")


def _options(row: ChoiceView) -> list[ChoiceOption]:
    return [ChoiceOption(name=name, value=value) for name, value in row.options.items()]


@strawberry.type(description="A choice on record.")
class RecordedChoice:
    """Shows contracts.benchmark.choices.ChoiceView."""

    is_type_of = accepts(ChoiceView)

    decision: ChoiceDecision = strawberry.field(description="What was decided.")
    cell: str | None = strawberry.field(description="The cell that it is for, MODEL/PROMPT.")
    margin: float = strawberry.field(description="The difference in score that does not matter.")
    scenarios: int = strawberry.field(description="Scenarios that were compared.")
    looks: int = strawberry.field(description="How many looks were planned.")
    max_scenarios: int = strawberry.field(description="With how many scenarios the last look is.")
    author: str = strawberry.field(description="Who had it chosen.")
    at: str = strawberry.field(description="When.")
    is_current: bool = strawberry.field(description="Whether it was made on the scores of now.")
    options: list[ChoiceOption] = computed(_options, list[ChoiceOption], "What it was made by.")


@strawberry.type(description="The project's cell in use: its last hand-over that was not taken back.")
class Champion:
    """Shows contracts.benchmark.choices.ChampionView."""

    is_type_of = accepts(ChampionView)

    experiment: str = strawberry.field(description="The experiment that it was shipped from.")
    cell: str = strawberry.field(description="Its name there.")
    here: str | None = strawberry.field(description="The cell of the same content in the asked experiment.")


@strawberry.type(description="Choices and hand-overs of an experiment, newest first.")
class ExperimentChoices:
    """Shows contracts.benchmark.choices.ChoicesView."""

    is_type_of = accepts(ChoicesView)

    @field("Choices.", gives=list[RecordedChoice], rows=MOST_CHOICES)
    @staticmethod
    def choices(root: strawberry.Parent[ChoicesView]) -> list[ChoiceView]:
        """Return the newest choices."""
        return root.choices

    @field("Hand-overs.", gives=list[RecordedShip], rows=MOST_CHOICES)
    @staticmethod
    def ships(root: strawberry.Parent[ChoicesView]) -> list[ShipView]:
        """Return the newest hand-overs."""
        return root.ships

    @field("The project's cell in use; null where nothing is shipped.", gives=Champion | None)
    @staticmethod
    def champion(root: strawberry.Parent[ChoicesView]) -> ChampionView | None:
        """Return the cell in use."""
        return root.champion


ChoiceResult = Annotated[
    CellChoice | AnyFailure, strawberry.union("ChoiceResult", description="The decision, or why there is none.")
]
Name = Annotated[str, strawberry.argument(description="The experiment's name.")]


def request_from(given: ChoiceInput) -> ChoiceRequest:
    """Return the request of an input; raise InvalidInput that names the option at fault."""
    for name, limit in (("maxCostPer1k", given.max_cost_per_1k), ("maxP95Ms", given.max_p95_ms)):
        if limit is not None and limit < 0:
            raise InvalidInput(f"{name} is {limit:g}: give 0 or more", (name,))
    floors = given.floors or []
    if len(floors) > MOST_FLOORS or len({each.criterion for each in floors}) < len(floors):
        raise InvalidInput(f"floors: give one for each criterion, at most {MOST_FLOORS}", ("floors",))
    if given.looks is not None and not 1 <= given.looks <= MOST_LOOKS:
        raise InvalidInput(f"looks is {given.looks}: give 1 to {MOST_LOOKS}", ("looks",))
    return ChoiceRequest(
        margin=given.margin,
        max_cost_per_1k=given.max_cost_per_1k,
        max_p95_ms=given.max_p95_ms,
        floors=tuple((each.criterion, each.value) for each in floors),
        champion=given.champion or None,
        judges=given.judges or None,
        looks=given.looks,
        max_scenarios=given.max_scenarios,
    )


class ChoiceQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "Choices and hand-overs of an experiment, and which cell is in use.",
        gives=ExperimentChoices,
        weight=1_000,
    )
    async def choices(self, info: Info, experiment: Name) -> ChoicesView:
        """Return the newest choices and hand-overs of an experiment; raise NotFound."""
        return await in_thread(info.context.services.choices.on_record, experiment, MOST_CHOICES)


class ChoiceMutations:
    """Root fields of the mutation."""

    @mutation(
        Role.ADMIN,
        "Choose which cell to ship; what rests on people, agents or models goes on record.",
        gives=ChoiceResult,
        weight=40_000,
    )
    async def choose_cell(
        self,
        info: Info,
        experiment: Name,
        options: Annotated[ChoiceInput, strawberry.argument(description="What it is chosen by.")],
    ) -> Choice:
        """Return the choice on the scores of now; raise InvalidInput that names the option."""
        info.context.note(target=experiment)
        who = info.context.known.subject
        made = await info.context.compute(info.context.services.choices.choose, experiment, request_from(options), who)
        info.context.note(after={"decision": made.decision, "data": made.board.data_hash[:16]})
        return made
