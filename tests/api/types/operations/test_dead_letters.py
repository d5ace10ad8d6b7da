"""Dead letters over the schema."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from api.context import ApiContext
from api.root import admin_schema
from api.types.operations.dead_letters import MOST
from contracts.operations import DeadLetter
from contracts.paging import Page, PageRequest
from tests.api.memory_services import MemoryServices

DEAD_LETTER = DeadLetter(
    consumer="signals", id="e1", type="tip.rated.v1", user="u1", error="KeyError", attempts=8, at="then"
)


class _DeadLetters:
    """One dead letter; `given` keeps what was given back."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Sequence[str]]] = []

    def page(self, request: PageRequest) -> Page[DeadLetter]:
        """That of the consumer that is asked for."""
        rows = [DEAD_LETTER] if request.where.get("consumer") in {None, DEAD_LETTER.consumer} else []
        return Page(rows, [(1.0, row.consumer, row.id) for row in rows], more=False)

    def redeliver(self, consumer: str, ids: Sequence[str]) -> int:
        """All of them."""
        self.given.append((consumer, ids))
        return len(ids)


def _data_of(dead_letters: _DeadLetters, document: str, **variables: Any) -> dict[str, Any]:
    services = MemoryServices()
    given = replace(services.services, dead_letters=cast("Any", dead_letters))
    context = ApiContext(given, services.auth.callers["token-admin"], "request-1")
    answer = asyncio.run(admin_schema().execute(document, variables, context_value=context))
    assert answer.errors is None, answer.errors
    assert answer.data is not None
    return answer.data


def test_dead_letters_are_listed_by_consumer() -> None:
    """With a cursor each, as every list that grows."""
    document = (
        "query ($name: String) { deadLetters(consumer: $name) { nodes { id error attempts } pageInfo { endCursor } } }"
    )
    found = _data_of(_DeadLetters(), document, name="signals")["deadLetters"]
    assert found["nodes"] == [{"id": "e1", "error": "KeyError", "attempts": 8}]
    assert found["pageInfo"]["endCursor"]
    assert _data_of(_DeadLetters(), document, name="other")["deadLetters"]["nodes"] == []


def test_dead_letters_are_given_back_up_to_a_number() -> None:
    """More at once are refused, with the argument that is to blame, and nothing is given back."""
    document = (
        'mutation ($ids: [String!]!) { redeliverDeadLetters(consumer: "signals", ids: $ids)'
        " { ... on Redelivery { consumer count } ... on Failure { code path } } }"
    )
    dead_letters = _DeadLetters()
    assert _data_of(dead_letters, document, ids=["e1"])["redeliverDeadLetters"] == {"consumer": "signals", "count": 1}
    refused = _data_of(dead_letters, document, ids=["e"] * (MOST + 1))["redeliverDeadLetters"]
    assert refused == {"code": "INVALID_INPUT", "path": ["ids"]}
    assert dead_letters.given == [("signals", ["e1"])]
