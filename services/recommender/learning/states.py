"""States of policies: counts by arm for each way of counting, which are the fold of the log at every commit.

Whoever changes when a tip was shown or acted on, or takes rows of served tips away, changes the counts in the same
transaction, under the lock of the recommender's changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import sqlalchemy as sa

from contracts.tips.recommendations import FeedbackKind
from core.canonical import content_hash
from core.policies.configuration import HASHED, LinUcbPolicy, Policy, RandomPolicy, counting_of, counting_policy
from core.policies.distribution import Distribution, distribution
from core.policies.features import FEATURES, Features, features_in, width_of
from core.policies.reactions import HOUR, ArmChoice, TipHistory, TipReaction, counts_of, reacted, updated
from core.policies.state import ArmCounts, PolicyState, counts_hash, less, summed
from kit.sql.upserts import put_row
from kit.times import milliseconds
from services.recommender.tables import COUNTS, DECISIONS, SERVED, STATES

REACTIONS = {FeedbackKind.SHOWN: TipReaction.SHOWN, FeedbackKind.ACTED: TipReaction.ACTED}
INTEGERS = np.dtype("<i8")
_STATE = sa.select(STATES).where(STATES.c.counting == sa.bindparam("which"))
_CHANGED = sa.select(COUNTS).where(COUNTS.c.counting == sa.bindparam("which"), COUNTS.c.changed > sa.bindparam("after"))
_ARM = sa.select(COUNTS).where(COUNTS.c.counting == sa.bindparam("which"), COUNTS.c.arm == sa.bindparam("named"))
_FEATURES = sa.select(*(DECISIONS.c[name] for name in FEATURES)).where(DECISIONS.c.id == sa.bindparam("which"))


MOST_KNOWN = 256
"""Distributions over arms that are remembered of a state."""
NOTHING: Mapping[str, Any] = {}
Known = dict[tuple[Policy, Features | None, tuple[str, ...]], Distribution]


@dataclass(frozen=True, eq=False)
class LearntState:
    """What a policy draws with; version and hash name it in the log; `known` are probabilities found with it before."""

    version: int
    hash: str
    state: PolicyState
    known: Known = field(default_factory=dict, repr=False)

    def distribution(self, policy: Policy, features: Features, arms: Sequence[str]) -> Distribution:
        """Return the policy's probabilities over the eligible arms, in ascending order; computed once for this state.

        Raise NoEligibleArm without arms.
        """
        looks_at = features if isinstance(policy, LinUcbPolicy) else None
        which = (policy, looks_at, tuple(arms))
        found = self.known.get(which)
        if found is None:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            found = self.known[which] = distribution(policy, features, arms, self.state)
        return found


@dataclass(frozen=True)
class _Loaded:
    version: int
    counts: Mapping[str, ArmCounts]
    hash: str


class LearntStates:
    """The states that a process draws with; only arms that changed since the last draw are read."""

    def __init__(self) -> None:
        self._loaded: dict[str, _Loaded] = {}
        self._drawn: dict[tuple[str, bool], LearntState] = {}

    def of(self, connection: sa.Connection, policy: Policy, scores: Mapping[str, float]) -> LearntState:
        """Return the state as it is in a writing transaction; the first one of a way of counting folds the whole log.

        A policy that looks at no state gets one without counts.
        """
        which = counting_hash(policy)
        row = connection.execute(_STATE, {"which": which}).first()
        if row is None:
            counts = begun(connection, policy)
            loaded = _Loaded(1, counts, counts_hash(counts))  # not held: this transaction may yet be rolled back
        else:
            loaded = self._up_to(connection, which, row.version, policy)
        return self._learnt(which, policy, loaded, scores)

    def _learnt(self, which: str, policy: Policy, loaded: _Loaded, scores: Mapping[str, float]) -> LearntState:
        """The same one as at the last draw while counts and scores are the same."""
        looks = not isinstance(policy, RandomPolicy)
        counts, scores = (loaded.counts, scores) if looks else (NOTHING, NOTHING)
        held = self._drawn.get((which, looks))
        if (
            held is None
            or held.version != loaded.version
            or held.state.counts is not counts
            or held.state.scores is not scores
        ):
            hashed = content_hash([loaded.hash, dict(scores)] if looks else [])
            held = self._drawn[which, looks] = LearntState(loaded.version, hashed, PolicyState(counts, scores))
        return held

    def _up_to(self, connection: sa.Connection, which: str, version: int, policy: Policy) -> _Loaded:
        held = self._loaded.get(which)
        if isinstance(policy, RandomPolicy):
            return _Loaded(version, NOTHING, "")
        if held is None or held.version != version:
            after, counts = (0, {}) if held is None or held.version > version else (held.version, held.counts)
            rows = connection.execute(_CHANGED, {"which": which, "after": after})
            counts = {**counts, **{row.arm: _counts_in(row, policy) for row in rows}}
            held = self._loaded[which] = _Loaded(version, counts, counts_hash(counts))
        return held


@lru_cache(HASHED)
def counting_hash(policy: Policy) -> str:
    """Return the hash of how reactions are counted for a policy, under which its state is stored."""
    return content_hash(counting_of(policy))


def begun(connection: sa.Connection, policy: Policy) -> dict[str, ArmCounts]:
    """Store the fold of the whole log as the first version of a way of counting, and return it."""
    which, counts = counting_hash(policy), folded(connection, policy)
    connection.execute(STATES.insert(), {"counting": which, "rule": counting_of(policy), "version": 1})
    for arm, own in counts.items():
        _put(connection, which, 1, arm, own)
    return counts


def folded(
    connection: sa.Connection, policy: Policy, *of: sa.ColumnElement[bool], by: int | None = None
) -> dict[str, ArmCounts]:
    """Return what the served tips of the log count, or some `of` them; `by` a time, in milliseconds, what they did.

    The database adds up the rows that have the same arm and features, so a log of any length comes as few numbers.
    """
    looks = policy.columns if isinstance(policy, LinUcbPolicy) else ()
    features = [DECISIONS.c[name] for name, _ in looks]
    in_time = SERVED.c.acted_at <= SERVED.c.shown_at + policy.reward_within_hours * HOUR
    seen = [SERVED.c.shown_at.is_not(None), *of]
    if by is not None:
        seen, in_time = [*seen, SERVED.c.shown_at <= by], sa.and_(in_time, SERVED.c.acted_at <= by)
    chosen = sa.select(SERVED.c.arm, sa.func.count(), sa.func.count(sa.case((in_time, 1))), *features).where(*seen)
    if features:
        chosen = chosen.join(DECISIONS, DECISIONS.c.id == SERVED.c.decision)
    rows = connection.execute(chosen.group_by(SERVED.c.arm, *features))
    names = [name for name, _ in looks]
    return summed(
        {arm: counts_of(policy, Features(**dict(zip(names, words, strict=True))), shown, acted)}
        for arm, shown, acted, *words in rows
    )


def stored(connection: sa.Connection, policy: Policy) -> tuple[int, dict[str, ArmCounts]] | None:
    """Return version and counts as they are stored, None where nobody drew with such a policy yet."""
    which = counting_hash(policy)
    row = connection.execute(_STATE, {"which": which}).first()
    if row is None:
        return None
    rows = connection.execute(_CHANGED, {"which": which, "after": 0})
    return row.version, {each.arm: _counts_in(each, policy) for each in rows}


def rules(connection: sa.Connection) -> Sequence[Policy]:
    """Return a policy for each way of counting that is stored."""
    return [counting_policy(rule) for rule in connection.execute(sa.select(STATES.c.rule)).scalars()]


def learn(connection: sa.Connection, served: Any, event: FeedbackKind, at: float) -> dict[str, Any]:
    """Count a feedback of a served tip in every state; return the columns of the tip's row that it changes."""
    if event not in REACTIONS:
        return {}
    before = TipHistory(ArmChoice(served.arm, milliseconds(served.served_at)), served.shown_at, served.acted_at)
    after = reacted(before, REACTIONS[event], milliseconds(at))
    changed = {
        name: value for name in ("shown_at", "acted_at") if (value := getattr(after, name)) != getattr(before, name)
    }
    if changed:
        for policy in rules(connection):
            _count(connection, policy, served, before, after)
    return changed


def unlearn(connection: sa.Connection, *of: sa.ColumnElement[bool]) -> None:
    """Take the served tips of a condition out of every state: whoever calls deletes their rows next."""
    for policy in rules(connection):
        lost = folded(connection, policy, *of)
        if not lost:
            continue
        which = counting_hash(policy)
        version = _next_version(connection, which)
        for arm, own in lost.items():
            left = less({arm: _counts_of_arm(connection, which, arm, policy)}, {arm: own})
            _put(connection, which, version, arm, left[arm])


def _count(connection: sa.Connection, policy: Policy, served: Any, before: TipHistory, after: TipHistory) -> None:
    if isinstance(policy, LinUcbPolicy):
        features = features_in(connection.execute(_FEATURES, {"which": served.decision}).one())
        before, after = (_with_features(history, features) for history in (before, after))
    which = counting_hash(policy)
    own = _counts_of_arm(connection, which, served.arm, policy)
    now = updated({served.arm: own}, before, after, policy)[served.arm]
    if (now.shown, now.acted) != (own.shown, own.acted):
        _put(connection, which, _next_version(connection, which), served.arm, now)


def _with_features(history: TipHistory, features: Features) -> TipHistory:
    return replace(history, choice=None if history.choice is None else replace(history.choice, features=features))


def _next_version(connection: sa.Connection, which: str) -> int:
    grown = STATES.update().where(STATES.c.counting == which).values(version=STATES.c.version + 1)
    connection.execute(grown)
    return int(connection.execute(_STATE, {"which": which}).one().version)


def _counts_of_arm(connection: sa.Connection, which: str, arm: str, policy: Policy) -> ArmCounts:
    row = connection.execute(_ARM, {"which": which, "named": arm}).first()
    return counts_of(policy, Features(), 0, 0) if row is None else _counts_in(row, policy)


def _put(connection: sa.Connection, which: str, version: int, arm: str, own: ArmCounts) -> None:
    sums = np.concatenate([own.together.ravel(), own.acted_with]).astype(INTEGERS).tobytes()
    row = {"counting": which, "arm": arm, "changed": version, "shown": own.shown, "acted": own.acted, "sums": sums}
    put_row(connection, COUNTS, row)


def _counts_in(row: Any, policy: Policy) -> ArmCounts:
    if not isinstance(policy, LinUcbPolicy):
        return ArmCounts(row.shown, row.acted)
    p = width_of(policy.columns)
    sums = np.frombuffer(row.sums, INTEGERS).astype(np.int64)
    return ArmCounts(row.shown, row.acted, sums[: p * p].reshape(p, p), sums[p * p :])
