"""Previews: what a text would be as an entry of the catalog, and what a prompt would send, before it is added."""

from typing import Annotated

import strawberry

from api.context import Info
from api.enums import described
from api.failures import AnyFailure
from api.fields import field, query
from api.types.catalog import CatalogEntry
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.catalog_admin import EntryKind, EntryView
from contracts.benchmark.catalog_admin import EntryPreview as Preview
from core.benchmark.prompt import PromptMessage

described(
    "What admins can add versions of.",
    PROMPT="A file of docs/prompt-format.md.",
    SCENARIO="A line of a scenarios file.",
    RUBRIC="A TOML file.",
)(EntryKind)


@strawberry.type(description="One turn of what a model is sent.")
class RenderedMessage:
    """Shows core.benchmark.prompt.PromptMessage with its template filled in."""

    is_type_of = accepts(PromptMessage)

    role: str = strawberry.field(description="system, user or assistant.")
    content: str = strawberry.field(description="The text, filled in.")


@strawberry.type(description="What a text would be as an entry; nothing was written.")
class EntryPreview:
    """Shows contracts.benchmark.catalog_admin.EntryPreview."""

    is_type_of = accepts(Preview)

    state: str = strawberry.field(description="new, same as one that is there, or taken by another content.")
    unrendered: str | None = strawberry.field(description="Why the prompt cannot be rendered for the scenario.")

    @field("The entry.", gives=CatalogEntry)
    @staticmethod
    def entry(root: strawberry.Parent[Preview]) -> EntryView:
        """Return the entry as it would stand in the catalog."""
        return root.entry

    @field("Of a prompt, what the model would be sent.", gives=list[RenderedMessage], rows=10)
    @staticmethod
    def messages(root: strawberry.Parent[Preview]) -> list[PromptMessage]:
        """Return the turns in order; of a prompt in mode completion the one text to continue."""
        return list(root.messages)


PreviewResult = Annotated[
    EntryPreview | AnyFailure, strawberry.union("PreviewResult", description="The preview, or what is wrong.")
]


class PreviewQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "What a text would be as an entry of the catalog, a prompt rendered for a scenario; nothing is written.",
        gives=PreviewResult,
        weight=5_000,
    )
    async def preview_entry(
        self,
        info: Info,
        kind: Annotated[EntryKind, strawberry.argument(description="What the text is.")],
        text: Annotated[str, strawberry.argument(description="The file's text; of a scenario its JSON.")],
        scenario: Annotated[
            str | None, strawberry.argument(description="Id of a scenario; the catalog's first one by default.")
        ] = None,
    ) -> Preview:
        """Return the preview of a text; raise InvalidInput with all that is wrong with it."""
        preview = info.context.services.catalog_admin.preview
        return await info.context.compute(preview, kind, text, scenario)
