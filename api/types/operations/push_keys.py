"""Keys by which push services know this server: their versions, without what signs."""

import strawberry

from api.context import Info, in_thread
from api.fields import query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.modules.notice_administration import PushKeyView


@strawberry.type(description="A key by which push services know this server; its private part is shown nowhere.")
class PushKey:
    """Shows contracts.modules.notice_administration.PushKeyView."""

    is_type_of = accepts(PushKeyView)

    kid: str = strawberry.field(description="Its id, which grows with time.")
    public: str = strawberry.field(description="What a page gives to pushManager.subscribe, base64url.")
    made_at: str = strawberry.field(description="ISO 8601 in UTC.")
    newest: bool = strawberry.field(
        description="Whether browsers subscribe with it; others sign for older subscriptions."
    )
    subscriptions: int = strawberry.field(description="Browsers that came while it was the newest, and have not ended.")


class PushKeyQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Keys for push messages, newest first.", gives=list[PushKey], weight=150, rows=3)
    async def push_keys(self, info: Info) -> list[PushKeyView]:
        """Return the keys that sign; none before the first browser subscribed."""
        return list(await in_thread(info.context.services.notices.push_keys))
