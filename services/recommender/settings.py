"""`[recommender]` of tipbench.toml: the policy that draws, and how long a tip is not served again."""

from typing import Annotated, Any

import msgspec

from core.policies.configuration import BadPolicy, Policy, RandomPolicy, read_policy
from core.tips.selection import SelectionRule


class AheadTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many of the best `cells` write for users' contexts, none without a number, for so many USD in 24 hours.

    A model has `within_s` to answer, and a text that was not served counts for `stands_hours`.
    """

    cells: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    max_cost_per_day: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    within_s: Annotated[float, msgspec.Meta(ge=1, le=120)] = 30.0
    stands_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 24


class RecommenderTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The module's own table: `policy` has a `kind` and its numbers, after `repeat_after_days` a tip may come again.

    `catalog` says which cells of published leaderboards tips come from, `ahead` which of them write for users.
    """

    policy: dict[str, Any] = msgspec.field(default_factory=lambda: {"kind": RandomPolicy.kind})
    repeat_after_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7
    catalog: SelectionRule = SelectionRule()
    ahead: AheadTable = AheadTable()

    def __post_init__(self) -> None:
        """Raise ValueError for a policy that cannot be used, as msgspec wants it."""
        try:
            read_policy(self.policy)
        except BadPolicy as error:
            raise ValueError(f"policy: {error}") from None

    def drawing(self) -> Policy:
        """Return the policy that the table describes."""
        return read_policy(self.policy)
