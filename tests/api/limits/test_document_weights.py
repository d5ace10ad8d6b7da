"""What preparing a document costs."""

import asyncio

import pytest
from graphql import parse

from api.limits.document_limits import DocumentLimits, plan_operation
from api.limits.document_weights import reading_cost, validation_cost
from api.limits.rate_limits import TokenRate
from api.limits.schema_info import SchemaInfo
from contracts.access.caller import Role
from tests.api.memory_services import MemoryServices
from tests.api.serving import example


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("{me}", 50 + 3 + 4 * 2 + 3),
        ("{me # of oneself\n}", 50 + 3 + 4 * 2 + 3),
        ("query($n:Int){experiments(first:$n){nodes{name}}}", 50 + 22 + 4 * 4 + 2 + 3),
        ("{...F} fragment F on Query{me}", 50 + 4 + 7 + 4 * 4 + 3 * 2),
    ],
)
def test_each_part_has_its_weight(text: str, units: int) -> None:
    """Tokens, visited selections, variables and definitions; comments count by their characters alone."""
    schema = example()
    document = parse(text)
    plan = plan_operation(SchemaInfo(schema.graphql_schema), document, DocumentLimits())
    assert validation_cost(document, plan) == units
    assert reading_cost(text) == len(text) / 2


def test_a_hundred_unknown_types_cost_what_refusing_them_takes() -> None:
    """A caller who sends new ones without end is held up by the rate, and is charged each time before the work."""
    schema = example(rate=TokenRate(burst=20_000, per_second=1))
    services = MemoryServices()

    async def send(number: int) -> list[str]:
        text = f"query q{number}(" + "".join(f"$a{n}:Xx " for n in range(100)) + "){me}"
        result = await schema.execute(text, {}, services.context(Role.USER))
        return [error.extensions["code"] for error in result.errors or () if error.extensions]

    async def send_all() -> list[list[str]]:
        return [await send(number) for number in range(24)]  # what is refused for the rate waits a second

    found = asyncio.run(send_all())
    refused = found.index(["RATE_LIMITED"])
    assert found[:refused] == [["BAD_REQUEST"] * 3] * refused
    assert 15 <= refused <= 20
    assert schema.guarding.documents.made <= refused + 1
