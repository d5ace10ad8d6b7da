"""Dead letters: events that a consumer could not handle, and giving them back to it."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from api.connection import After, Connection, First, connection_of, request_of
from api.context import Info, in_thread
from api.failures import AnyFailure
from api.fields import mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.operations import DeadLetter as DeadLetterEvent
from contracts.refusals import InvalidInput

MOST = 1_000
"""The most events that are given back at once."""


@strawberry.type(description="An event that a consumer could not handle after all its tries.")
class DeadLetter:
    """Shows contracts.operations.DeadLetter."""

    is_type_of = accepts(DeadLetterEvent)

    consumer: str = strawberry.field(description="Who could not handle it.")
    id: str = strawberry.field(description="Id of the event.")
    type: str = strawberry.field(description="Type and version, such as tip.shown.v1.")
    user: str | None = strawberry.field(description="Id of the user that it concerns.")
    error: str = strawberry.field(description="Class of the error, never its text.")
    attempts: int = strawberry.field(description="How often it was tried.")
    at: str = strawberry.field(description="When it was given up, ISO 8601 in UTC.")


@dataclass(frozen=True)
class Redelivered:
    """What was given back."""

    consumer: str
    count: int


@strawberry.type(description="Events that were given back to their consumer.")
class Redelivery:
    """Shows Redelivered."""

    is_type_of = accepts(Redelivered)

    consumer: str = strawberry.field(description="Who tries them anew.")
    count: int = strawberry.field(description="How many; those that were no dead letters are left out.")


RedeliveryResult = Annotated[
    Redelivery | AnyFailure, strawberry.union("RedeliveryResult", description="What was given back, or why nothing.")
]


class DeadLetterQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Events that consumers could not handle, oldest first.", gives=Connection[DeadLetter])
    async def dead_letters(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        consumer: Annotated[str | None, strawberry.argument(description="Only those of this consumer.")] = None,
    ) -> Connection[DeadLetterEvent]:
        """Return a page of dead letters, oldest first."""
        dead_letters = info.context.services.dead_letters
        listing = request_of("deadLetters", first, after, where={"consumer": consumer})
        return connection_of(await in_thread(dead_letters.page, listing), listing)


class DeadLetterMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "Give events back to their consumer, to be tried eight times anew.", gives=RedeliveryResult)
    async def redeliver_dead_letters(
        self,
        info: Info,
        consumer: Annotated[str, strawberry.argument(description="The consumer.")],
        ids: Annotated[list[str], strawberry.argument(description="Ids of events, 1,000 at most.")],
    ) -> Redelivered:
        """Give dead letters back; raise InvalidInput for too many."""
        if len(ids) > MOST:
            raise InvalidInput(f"ids are {len(ids)}: give back at most {MOST} at once", ("ids",))
        info.context.note(target=consumer)
        count = await in_thread(info.context.services.dead_letters.redeliver, consumer, ids)
        info.context.note(after={"count": str(count)})
        return Redelivered(consumer, count)
