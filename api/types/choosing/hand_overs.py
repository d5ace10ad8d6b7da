"""Handing a cell over as the one to use, and taking that back."""

from typing import Annotated

import strawberry

from api.context import Info, in_thread
from api.failures import AnyFailure
from api.fields import field, mutation
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.choices import HandOverView, ShipTakenBack, ShipView
from contracts.refusals import InvalidInput

LONGEST_REASON = 1_000


@strawberry.type(description="A hand-over on record.")
class RecordedShip:
    """Shows contracts.benchmark.choices.ShipView."""

    is_type_of = accepts(ShipView)

    number: int = strawberry.field(description="Its number in the experiment, from 1.")
    cell: str = strawberry.field(description="The cell, MODEL/PROMPT.")
    verdict: str | None = strawberry.field(description="The decision for it; null where there was none.")
    anyway: str | None = strawberry.field(description="The reason to ship it without one.")
    replaces: str | None = strawberry.field(description="The cell that was in use before.")
    author: str = strawberry.field(description="Who shipped it.")
    at: str = strawberry.field(description="When.")
    is_undone: bool = strawberry.field(description="Whether it was taken back since.")


@strawberry.type(description="A cell that is handed over as the one to use.")
class ShippedCell:
    """Shows contracts.benchmark.choices.HandOverView."""

    is_type_of = accepts(HandOverView)

    experiment: str = strawberry.field(description="Name of the experiment.")
    cell: str = strawberry.field(description="The cell, MODEL/PROMPT.")
    verdict: str | None = strawberry.field(description="The decision for it; null where there was none.")
    anyway: str | None = strawberry.field(description="The reason to ship it without one.")
    replaces: str | None = strawberry.field(description="The cell that was in use before.")
    ship_json: str = strawberry.field(description="The file ship.json, for programs.")
    prompt_md: str = strawberry.field(description="The file prompt.md, for people.")


@strawberry.type(description="A hand-over that counts no longer.")
class UndoneShip:
    """Shows contracts.benchmark.choices.ShipTakenBack."""

    is_type_of = accepts(ShipTakenBack)

    experiment: str = strawberry.field(description="Name of the experiment.")

    @field("The hand-over that counts again; null where none does.", gives=ShippedCell | None)
    @staticmethod
    def again(root: strawberry.Parent[ShipTakenBack]) -> HandOverView | None:
        """Return the hand-over before it."""
        return root.again


ShipResult = Annotated[
    ShippedCell | AnyFailure, strawberry.union("ShipResult", description="What is handed over, or why not.")
]
UndoneShipResult = Annotated[
    UndoneShip | AnyFailure, strawberry.union("UndoneShipResult", description="What counts again, or why not.")
]
Name = Annotated[str, strawberry.argument(description="The experiment's name.")]


class HandOverMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "Hand a cell over as the one to use.", gives=ShipResult, weight=40_000)
    async def ship_cell(
        self,
        info: Info,
        experiment: Name,
        cell: Annotated[str, strawberry.argument(description="MODEL/PROMPT.")],
        anyway: Annotated[
            str | None, strawberry.argument(description="Why it is shipped without a decision for it; recorded.")
        ] = None,
    ) -> HandOverView:
        """Record that the cell is the one to use, and return both files; raise Conflict without a decision for it."""
        info.context.note(target=experiment)
        if anyway is not None and len(anyway) > LONGEST_REASON:
            raise InvalidInput(f"anyway has {len(anyway)} characters: give at most {LONGEST_REASON}", ("anyway",))
        who = info.context.known.subject
        made = await info.context.compute(info.context.services.choices.ship, experiment, cell, anyway, who)
        info.context.note(after={"verdict": made.verdict or "anyway"})
        return made

    @mutation(Role.ADMIN, "Take the last hand-over of an experiment back.", gives=UndoneShipResult, weight=1_000)
    async def undo_ship(self, info: Info, experiment: Name) -> ShipTakenBack:
        """Record that it counts no longer, and return what counts again; raise Conflict where there is none."""
        info.context.note(target=experiment)
        return await in_thread(info.context.services.choices.undo_ship, experiment, info.context.known.subject)
