"""A choice as one page for people who were not there."""

from typing import Annotated

import strawberry

from api.context import Info
from api.failures import AnyFailure
from api.fields import field, mutation
from api.types.choosing.choices import CellChoice, ChoiceInput, Name, request_from
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.choices import ChoicePageView
from core.choosing.choice import CellChoice as Choice


@strawberry.type(description="A choice as one HTML document, as `choose --format html` writes it.")
class ChoiceDocument:
    """Shows contracts.benchmark.choices.ChoicePageView."""

    is_type_of = accepts(ChoicePageView)

    experiment: str = strawberry.field(description="Name of the experiment.")
    html: str = strawberry.field(description="The document, without scripts and references.")

    @field("The choice that it is of.", gives=CellChoice)
    @staticmethod
    def choice(root: strawberry.Parent[ChoicePageView]) -> Choice:
        """Return the choice that the page is of."""
        return root.choice


ChoiceDocumentResult = Annotated[
    ChoiceDocument | AnyFailure, strawberry.union("ChoiceDocumentResult", description="The page, or why there is none.")
]


class ChoicePageMutations:
    """Root fields of the mutation."""

    @mutation(
        Role.ADMIN,
        "Choose as `chooseCell` does, and write the choice as one HTML page.",
        gives=ChoiceDocumentResult,
        weight=40_000,
    )
    async def write_choice_page(
        self,
        info: Info,
        experiment: Name,
        options: Annotated[ChoiceInput, strawberry.argument(description="What it is chosen by.")],
    ) -> ChoicePageView:
        """Return the page of a choice on the scores of now; raise InvalidInput that names the option."""
        info.context.note(target=experiment)
        who = info.context.known.subject
        made = await info.context.compute(info.context.services.choices.page, experiment, request_from(options), who)
        info.context.note(after={"decision": made.choice.decision, "data": made.choice.board.data_hash[:16]})
        return made
