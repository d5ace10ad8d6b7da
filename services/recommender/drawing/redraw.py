"""Computes the probabilities of logged decisions again, from policy, state and eligible arms, where these are known."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from core.canonical import content_hash
from core.policies.configuration import Policy, RandomPolicy, policy_hash, read_policy
from core.policies.distribution import distribution
from core.policies.features import features_in
from core.policies.state import PolicyState, counts_hash
from kit.times import milliseconds
from services.recommender.learning.states import counting_hash, folded, stored
from services.recommender.tables import PROMOTIONS

MOST_FOLDS = 8
"""Folds of the log that a check makes to know what policies knew: of a million rows each may take a second."""
CLOSE = 1e-9
"""How far a probability may be from the logged one, by other versions of what computes it."""


def compared_probabilities(
    connection: sa.Connection, rows: Iterable[Any], first: Policy, scores: Mapping[str, float]
) -> Iterator[tuple[str, bool]]:
    """Yield the ids of decisions with whether their policy gives the logged probabilities for their eligible arms.

    A state is folded from what had been shown and acted on by then, and believed only where its hash is the logged one:
    users who were erased since, and scores other than today's `scores`, leave a decision without one, and so not
    compared. `first` is the policy of the settings.
    """
    policies, known = {policy_hash(each): each for each in (first, *_promoted(connection))}, KnownStates(scores)
    for row in rows:
        policy = policies.get(row.policy_hash)
        if policy is None or not row.arms:
            continue
        state = known.of(connection, policy, row)
        if state is None:
            continue
        again = distribution(policy, features_in(row), list(row.arms), state)
        pairs = zip(again.arms, again.probabilities, strict=True)
        yield row.id, all(abs(row.arms[arm] - chance) <= CLOSE for arm, chance in pairs)


class KnownStates:
    """The states of decisions, by the hash that was logged with each; at most MOST_FOLDS are folded from the log."""

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores, self._folds = dict(scores), 0
        self._by_hash: dict[tuple[str, str], PolicyState] = {}
        self._begun = set[str]()

    def of(self, connection: sa.Connection, policy: Policy, row: Any) -> PolicyState | None:
        """Return what the policy knew at a decision, None where that cannot be had again."""
        if isinstance(policy, RandomPolicy):
            return PolicyState()
        which = (counting_hash(policy), row.state_hash)
        if which[0] not in self._begun:
            self._begun.add(which[0])
            now = stored(connection, policy)
            self._add(which[0], {} if now is None else now[1])
        if which not in self._by_hash and self._folds < MOST_FOLDS:
            self._folds += 1
            self._add(which[0], folded(connection, policy, by=milliseconds(row.made_at)))
        return self._by_hash.get(which)

    def _add(self, counting: str, counts: Mapping[str, Any]) -> None:
        for scores in (self._scores, {}):
            name = content_hash([counts_hash(counts), scores])
            self._by_hash[counting, name] = PolicyState(counts, scores)


def _promoted(connection: sa.Connection) -> Iterator[Policy]:
    for policy, canary in connection.execute(sa.select(PROMOTIONS.c.policy, PROMOTIONS.c.canary)):
        yield read_policy(policy)
        if canary:
            yield read_policy(canary)
