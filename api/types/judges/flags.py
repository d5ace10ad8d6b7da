"""Flags: items that a judge points out to the admins; no answers, and nothing in them says who wrote the tip."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.connection import After, Connection, First, connection_of, request_of
from api.context import ApiServices, Info, in_thread, named
from api.execution.computed import computed
from api.failures import AnyFailure
from api.fields import mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.judge_reviews import Flag as FlagView


@strawberry.type(description="An item that a judge has flagged for the admins; no answer, and no cell is named.")
class Flag:
    """Shows contracts.judge_reviews.Flag."""

    is_type_of = accepts(FlagView)

    experiment: str = strawberry.field(description="Name of the experiment.")
    round: str = strawberry.field(description="Id of the round.")
    judge: str = strawberry.field(description="Id of the judge.")
    item: str = strawberry.field(description="The item's opaque id.")
    reason: str = strawberry.field(description="The judge's own words.")
    at: str = strawberry.field(description="When, ISO 8601 in UTC.")
    scenario: JSON = strawberry.field(description="The person and the situation; empty where the folder was deleted.")
    tip: str = strawberry.field(description="The tip; untrusted text.")


@strawberry.type(description="Whether an item is flagged by now.")
class FlagState:
    """What became of a flag."""

    item: str = strawberry.field(description="The item's opaque id.")
    flag: strawberry.Private[FlagView | None]
    flagged: bool = computed(lambda state: state.flag is not None, bool, "False once it was taken back.")


FlagResult = Annotated[
    FlagState | AnyFailure, strawberry.union("FlagResult", description="Whether it is flagged, or why not.")
]


def reasons_by_item(services: ApiServices, items: list[str]) -> list[str | None]:
    """Return why each item is flagged, for a loader."""
    return services.reviews.flagged(items)


class FlagQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "What judges have flagged, newest first.", gives=Connection[Flag])
    async def flags(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        experiment: Annotated[str | None, strawberry.argument(description="Only this experiment's.")] = None,
    ) -> Connection[FlagView]:
        """Return a page of flags."""
        request = request_of("flags", first, after, where={"experiment": experiment})
        page = await in_thread(info.context.services.reviews.flags, request)
        return connection_of(page, request)


class FlagMutations:
    """Root fields of the mutation."""

    @mutation(Role.JUDGE, "Flag an item of one's own for the admins, or take that back.", gives=FlagResult, weight=5)
    async def flag_item(
        self,
        info: Info,
        round: Annotated[str, strawberry.argument(description="Id of the round.")],  # noqa: A002  # the schema's word
        item: Annotated[str, strawberry.argument(description="The item's opaque id.")],
        reason: Annotated[
            str | None, strawberry.argument(description="Why, 2,000 characters at most; null takes the flag back.")
        ] = None,
    ) -> FlagState:
        """Store the flag in place of one before; it is no answer, and the item stays as it is."""
        info.context.note(target=round, after={"item": named(item)})
        flag = await in_thread(info.context.services.reviews.flag, round, item, reason, info.context.known)
        return FlagState(item=item, flag=flag)
