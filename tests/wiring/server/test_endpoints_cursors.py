"""Cursors that nobody was given: of every list, through the endpoint, over the services as they serve."""

import base64
import json
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from api.connection import cursor_of, request_of
from tests.wiring.conftest import NAME, Served

LISTS = {
    "experiments": "query($after:String){page:experiments(after:$after){edges{cursor}}}",
    "experiments by time": "query($after:String){page:experiments(sort:CREATED_AT,after:$after){edges{cursor}}}",
    "candidates": "query($after:String){page:candidates(experiment:NAME,after:$after){edges{cursor}}}",
    "candidates by latency": (
        "query($after:String){page:candidates(experiment:NAME,sort:LATENCY_MS,after:$after){edges{cursor}}}"
    ),
    "tips": "query($after:String){page:tips(experiment:NAME,first:1,after:$after){edges{cursor}}}",
    "tips by score": "query($after:String){page:tips(experiment:NAME,sort:SCORE,first:1,after:$after){edges{cursor}}}",
    "judgeRounds": "query($after:String){page:judgeRounds(after:$after){edges{cursor}}}",
    "items": 'query($after:String){in:judgeRound(round:"round-anna"){page:items(after:$after){edges{cursor}}}}',
    "users": "query($after:String){page:users(after:$after){edges{cursor}}}",
    "auditLog": "query($after:String){page:auditLog(after:$after){edges{cursor}}}",
    f"runs {NAME}": "query($after:String){page:runs(experiment:NAME,after:$after){edges{cursor}}}",
    "backfills": "query($after:String){page:backfills(after:$after){edges{cursor}}}",
}
PARTS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["", "\0", "\ud7ff", "x" * 1_500, NAME, 2**63, -(2**63), -1, 0, [], {}, [1], 1e308]),
)
KEYS = st.lists(PARTS, min_size=0, max_size=5)
DEAR, FEW = {"tips", "tips by score"}, 12
"""Lists whose pages read every tip and are charged for it, and how many of the keys these are given."""


def _page(served: Served, query: str, after: str | None) -> Any:
    return served.graphql(query.replace("NAME", json.dumps(NAME)), "admin", after=after)


def _head(served: Served, name: str) -> list[Any]:
    """What a cursor of the list begins with, from a real one where the list has rows."""
    answer = _page(served, LISTS[name], None)
    page = answer["data"].get("in", answer["data"])["page"] if answer.get("data") else None
    real = page["edges"][0]["cursor"] if page and page["edges"] else cursor_of(request_of(name, 50), ("x",))
    head: list[Any] = json.loads(base64.urlsafe_b64decode(real))[:3]
    return head


def test_a_forged_cursor_is_an_invalid_cursor_in_every_list(served: Served) -> None:
    """A page, or INVALID_CURSOR: never INTERNAL, and no file is called damaged."""
    heads = {name: _head(served, name) for name in LISTS}
    number = count()

    @seed(13)
    @settings(
        max_examples=60, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(key=KEYS)
    def hold(key: list[Any]) -> None:
        left_out = DEAR if next(number) >= FEW else set()
        for name in heads.keys() - left_out:
            head = heads[name]
            forged = base64.urlsafe_b64encode(json.dumps([*head, *key]).encode()).decode()
            answer = _page(served, LISTS[name], forged)
            said = [(error["extensions"]["code"], error["message"]) for error in answer.get("errors", ())]
            assert said in ([], [("INVALID_CURSOR", "This is not a cursor of this list, order and filter.")]), name

    hold()


@pytest.mark.parametrize("after", ["", "x", "🙂", "=" * 8, "a" * 5_000, "bnVsbA==", "W10="])
def test_what_is_no_cursor_is_refused_in_every_list(served: Served, after: str) -> None:
    """By the same code."""
    for query in LISTS.values():
        codes = [error["extensions"]["code"] for error in _page(served, query, after)["errors"]]
        assert codes == ["INVALID_CURSOR"]
