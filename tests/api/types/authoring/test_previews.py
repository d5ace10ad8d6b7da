"""Previews over the schema."""

import asyncio
from dataclasses import replace
from typing import Any, cast

from api.context import ApiContext
from api.root import admin_schema
from contracts.benchmark.catalog_admin import EntryKind, EntryPreview, EntryView
from contracts.refusals import InvalidInput
from core.benchmark.prompt import PromptMessage
from tests.api.memory_services import MemoryServices

ENTRY = EntryView(kind="prompt", name="mine", version="2", description="", hash="0" * 64, origin="home", content={})


class _Catalog:
    """One prompt is valid."""

    def preview(self, kind: EntryKind, text: str, scenario: str | None) -> EntryPreview:
        """Of a text that is not `bad`."""
        if text == "bad":
            raise InvalidInput("no front matter", ("text",))
        said = PromptMessage("user", f"{kind}, {scenario}")
        return EntryPreview(entry=ENTRY, state="new", messages=(said,))

    def texts(self, entries: list[tuple[str, str, str]]) -> list[str | None]:
        """One for each."""
        return [f"{kind} {name} {version}" for kind, name, version in entries]


def _ask(text: str) -> dict[str, Any]:
    services = MemoryServices()
    given = replace(services.services, catalog_admin=cast("Any", _Catalog()))
    context = ApiContext(given, services.auth.callers["token-admin"], "request-1")
    query = (
        "query ($text: String!) { previewEntry(kind: PROMPT, text: $text, scenario: $text) { __typename"
        " ... on EntryPreview { state entry { kind name text } messages { role content } }"
        " ... on Failure { code path } } }"
    )
    answer = asyncio.run(admin_schema().execute(query, {"text": text}, context_value=context))
    assert answer.errors is None, answer.errors
    assert answer.data is not None
    found: dict[str, Any] = answer.data["previewEntry"]
    return found


def test_a_preview_has_entry_state_and_messages() -> None:
    """The kind reaches the catalog, the entry's text is that of its file."""
    assert _ask("good") == {
        "__typename": "EntryPreview",
        "state": "new",
        "entry": {"kind": "prompt", "name": "mine", "text": "prompt mine 2"},
        "messages": [{"role": "user", "content": "prompt, good"}],
    }


def test_what_is_wrong_is_a_member_of_the_union() -> None:
    """With the argument that is to blame."""
    assert _ask("bad") == {"__typename": "InvalidInput", "code": "INVALID_INPUT", "path": ["text"]}
