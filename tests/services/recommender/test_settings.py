"""`[recommender]` as it is read."""

import msgspec
import pytest

from core.policies.configuration import RandomPolicy
from services.recommender.settings import RecommenderTable


def test_without_a_table_every_arm_is_as_likely() -> None:
    """Random is the default, and so is a week without a repeat."""
    table = RecommenderTable()
    assert (table.drawing(), table.repeat_after_days) == (RandomPolicy(), 7)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"policy": {"kind": "no-such"}}, "policy: kind is 'no-such'"),
        ({"policy": {"kind": "random", "more": 1}}, "'more' is no field"),
        ({"policy": {"kind": "random", "reward_within_hours": 0}}, "reward_within_hours is 0"),
        ({"repeat_after_days": 0}, "repeat_after_days"),
        ({"other": 1}, "other"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, object], says: str) -> None:
    """With the field and what it may be, as the reader of tipbench.toml has all faults."""
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(given, RecommenderTable)
