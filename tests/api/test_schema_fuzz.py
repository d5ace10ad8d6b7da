import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from api.limits.rate_limits import TokenRate
from api.schema import print_schema
from tests.api.memory_services import MemoryServices
from tests.api.serving import asking, endpoint_of, example

pytestmark = pytest.mark.slow

SCHEMA = example(TokenRate(1e12, 1e12))
DRAWN: Any = schemathesis.graphql.from_file(print_schema(SCHEMA))
CODES = {"BAD_REQUEST", "TOO_COMPLEX", "INVALID_INPUT", "INVALID_CURSOR", "INVALID_ID"}
BOUNDED = settings(
    max_examples=250,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


async def _ask(query: str) -> Any:
    async with asking(endpoint_of(MemoryServices(5), schema=SCHEMA)) as client:
        return await client.post("/graphql", json={"query": query})


@seed(4)
@BOUNDED
@given(case=DRAWN.as_strategy())
def test_generated_operations_get_data_or_a_code(case: Any) -> None:
    """No 500, no INTERNAL, no error without a code, whatever the arguments, over queries and mutations."""
    answer = asyncio.run(_ask(case.body))
    body = answer.json()
    assert answer.status_code in {200, 400}
    assert "data" in body or "errors" in body
    for error in body.get("errors", ()):
        assert error["extensions"]["code"] in CODES, (case.body, error)
