"""The real schema behind the edge, asked what schemathesis makes up."""

from typing import Any

import pytest
import schemathesis
from graphql import parse_value
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from api.limits.rate_limits import Buckets
from api.root import admin_schema
from api.schema import print_schema
from tests.wiring.conftest import NAME, Served

pytestmark = pytest.mark.slow

JSON = ("5", '"x"', "[[{}]]", '{id: "x", area: "home"}', f"{{id: {'9' * 30}}}", "{}")
schemathesis.graphql.scalar("JSON", st.sampled_from([parse_value(text) for text in JSON]))
DRAWN: Any = schemathesis.graphql.from_file(print_schema(admin_schema()))
FORESEEN = {
    "BAD_REQUEST",
    "CONFLICT",
    "FORBIDDEN",
    "INVALID_CURSOR",
    "INVALID_ID",
    "INVALID_INPUT",
    "IN_PROGRESS",
    "NAME_TAKEN",
    "NOT_FOUND",
    "TOO_COMPLEX",
    "UNAVAILABLE",
}


def test_made_up_operations_get_data_or_a_foreseen_code(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """No 500, no INTERNAL, over all queries and mutations of an admin and the names that are there."""
    monkeypatch.setattr(Buckets, "take", lambda *_: 0.0)  # the rate has tests of its own; here operations are to run

    @seed(4)
    @settings(
        max_examples=300,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=DRAWN.as_strategy())
    def hold(case: Any) -> None:
        for query in {case.body, case.body.replace('""', f'"{NAME}"')}:
            answer = served.ask("POST", "/graphql", "admin", json={"query": query})
            assert answer.status_code in {200, 400}, (query, answer.text)
            found = [error["extensions"]["code"] for error in answer.json().get("errors", ())]
            assert set(found) <= FORESEEN, (query, answer.text)

    hold()
