"""The suppression list: mail addresses that get no mail, as keyed hashes; an address is typed and never stored."""

from typing import Annotated

import msgspec
import strawberry

from api.connection import After, Connection, First, connection_of, request_of
from api.context import Info, in_thread
from api.failures import AnyFailure
from api.fields import mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.modules.notice_administration import SuppressionView


@strawberry.type(description="A mail address that gets no mail, as a keyed hash that leads to nobody.")
class Suppression:
    """Shows contracts.modules.notice_administration.SuppressionView."""

    is_type_of = accepts(SuppressionView)

    id: str = strawberry.field(description="The keyed hash.")
    reason: str = strawberry.field(description="bounce, complaint or admin.")
    added_at: str = strawberry.field(description="ISO 8601 in UTC.")


SuppressionResult = Annotated[
    Suppression | AnyFailure,
    strawberry.union("SuppressionResult", description="What was added or taken out, or why nothing was."),
]
AddressArgument = Annotated[str, strawberry.argument(description="The mail address; its keyed hash alone is stored.")]


class SuppressionQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Mail addresses that get no mail, newest first.", gives=Connection[Suppression])
    async def suppressions(self, info: Info, first: First = 50, after: After = None) -> Connection[SuppressionView]:
        """Return a page of the suppression list, newest first, counted only when a query selects it."""
        notices = info.context.services.notices
        listing = request_of("suppressions", first, after)
        page = await in_thread(notices.suppressions, listing)
        return connection_of(msgspec.structs.replace(page, count=notices.count_suppressions), listing)


class SuppressionMutations:
    """Root fields of the mutation; the audit row names the keyed hash, and has no hash of what was typed."""

    @mutation(
        Role.ADMIN, "Send an address no mail from now on; again changes nothing.", gives=SuppressionResult, weight=350
    )
    async def suppress_address(self, info: Info, address: AddressArgument) -> SuppressionView:
        """Add an address to the list; raise InvalidInput for what is none."""
        info.context.hide("address")
        return _noted(info, await in_thread(info.context.services.notices.suppress, address))

    @mutation(Role.ADMIN, "Let an address have mail again, whyever it had none.", gives=SuppressionResult, weight=300)
    async def lift_suppression(self, info: Info, address: AddressArgument) -> SuppressionView:
        """Take an address from the list; raise NotFound for one that is not on it."""
        info.context.hide("address")
        return _noted(info, await in_thread(info.context.services.notices.lift_suppression, address))


def _noted(info: Info, view: SuppressionView) -> SuppressionView:
    info.context.note(target=view.id, after={"reason": view.reason})
    return view
