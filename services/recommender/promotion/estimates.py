"""What a policy would have earned on the newest settled decisions, learning from none of a user whom it is tried on."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sqlalchemy as sa

from contracts.tips.policy_evaluation import EvaluatedGuardrail, EvaluatedPolicy, GuardrailUnit
from core.estimate.design import Floats
from core.off_policy.decisions import Decisions, TargetPolicy, standardized
from core.off_policy.evaluate import ActionCounts, PolicyEstimate, evaluate
from core.policies.configuration import LinUcbPolicy, Policy, RandomPolicy, policy_hash
from core.policies.distribution import Distribution, distribution
from core.policies.features import FEATURES, Features, features_in
from core.policies.reactions import HOUR, counts_of
from core.policies.state import ArmCounts, PolicyState, less, summed
from core.simulated_users.names import is_simulated
from kit.times import iso, milliseconds
from services.recommender.learning.states import folded, stored
from services.recommender.people import DAY_S, left_within_a_day
from services.recommender.tables import DECISIONS, SERVED

WINDOW_S = 28 * 86_400.0
MOST_ROWS, MOST_DISTRIBUTIONS = 5_000, 500
"""Served tips that are looked at, the newest ones, and how many times the policy is computed for them."""
PARTS = 5
LEAST_COMMON = 0.01
"""Of the decisions: a value of a feature that fewer have is no column of the model of rewards."""
ESTIMATOR = "dr"
NOTHING_SETTLED = "not estimable: no decision with a tip that was shown is settled yet: wait until users were served"
OF_ANOTHER = "not estimable: a log has how long other policies took: a trial measures this one"


@dataclass(frozen=True)
class TriedDecision:
    """A first place that was drawn: for whom, of which arms with which chances, and the reward, None if not shown.

    `place` is which of the target's distributions stands for it. `dismissed` and `left` say whether its user did not
    want the tip again, and unsubscribed within a day; `took_ms` is None in decisions from before it was stored.
    """

    user: str
    features: Features
    arm: str
    propensity: float
    reward: float | None
    place: int
    dismissed: bool
    left: bool
    took_ms: float | None


@dataclass
class _Target:
    """The policy as it would draw for users of each part, from what all others did."""

    policy: Policy
    states: Sequence[PolicyState]
    found: list[Distribution] = field(default_factory=list)
    places: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def place(self, user: str, features: Features, arms: Sequence[str]) -> int | None:
        """Return which of its distributions is that of a decision, None where there are too many already."""
        part = _part(user) % len(self.states)
        key = (part, tuple(arms), *(getattr(features, name) for name in _looks(self.policy)))
        if key not in self.places:
            if len(self.found) == MOST_DISTRIBUTIONS:
                return None
            self.places[key] = len(self.found)
            self.found.append(distribution(self.policy, features, arms, self.states[part]))
        return self.places[key]


def policy_evaluation(
    connection: sa.Connection, policy: Policy, scores: Mapping[str, float], now: float
) -> EvaluatedPolicy:
    """Return what the policy would have earned on decisions of the last 28 days; all reads are of one snapshot.

    A reward is as the policy counts it, for a tip that was shown within as many hours of its decision: settled is what
    was decided twice these hours ago. Users are dealt to five parts by a hash, and the policy draws for each from the
    state without what that part did with these tips, so that nobody's reward decides what is tried on them. A day has
    passed at least, in which guardrails count.
    """
    until = now - max(2 * policy.reward_within_hours * HOUR / 1_000, DAY_S)
    rows = connection.execute(_served(until)).all()
    target = _Target(policy, list(_states(connection, policy, scores, rows)))
    tried = sorted(_tried(rows, target), key=lambda each: each.place)
    known = [each for each in tried if each.reward is not None]
    estimate = _estimator(tried, known, target.found)
    rewards = np.array([each.reward for each in known], np.float64)
    guardrails = list(_guardrails(known, estimate))
    return _evaluation(policy, until - WINDOW_S, known, estimate(rewards), guardrails)


def _served(until: float) -> sa.Select[Any]:
    columns = (SERVED.c.place, SERVED.c.arm, SERVED.c.shown_at, SERVED.c.acted_at, SERVED.c.hides)
    of = (DECISIONS.c[name] for name in ("user", "made_at", "arms", "took_ms", *FEATURES))
    left = left_within_a_day(DECISIONS.c.user, DECISIONS.c.made_at)
    return (
        sa.select(*of, *columns, left.label("left"))
        .join(SERVED, SERVED.c.decision == DECISIONS.c.id)
        .where(DECISIONS.c.made_at > until - WINDOW_S, DECISIONS.c.made_at <= until)
        .order_by(DECISIONS.c.made_at.desc(), DECISIONS.c.id, SERVED.c.place)
        .limit(MOST_ROWS)
    )


def _states(
    connection: sa.Connection, policy: Policy, scores: Mapping[str, float], rows: Sequence[Any]
) -> Iterator[PolicyState]:
    """Yield the state for users of each part: all that was learnt but from their own of these rows."""
    if isinstance(policy, RandomPolicy):
        yield PolicyState()
        return
    known = stored(connection, policy)
    counts = folded(connection, policy) if known is None else known[1]
    own = _own_counts(policy, rows)
    for part in range(PARTS):
        yield PolicyState(less(counts, own[part]), scores)


def _own_counts(policy: Policy, rows: Sequence[Any]) -> list[dict[str, ArmCounts]]:
    """Return what the users of each part did with these tips, as the state counts it."""
    shown, acted = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    looks = _looks(policy)
    for row in rows:
        if row.shown_at is not None:
            key = (_part(row.user), row.arm, *(getattr(row, name) for name in looks))
            shown[key] += 1
            acted[key] += _is_reward(policy, row)
    parts: list[list[dict[str, ArmCounts]]] = [[] for _ in range(PARTS)]
    for (part, arm, *words), number in shown.items():
        features = Features(**dict(zip(looks, words, strict=True)))
        parts[part].append({arm: counts_of(policy, features, number, acted[part, arm, *words])})
    return [summed(each) for each in parts]


def _tried(rows: Sequence[Any], target: _Target) -> Iterator[TriedDecision]:
    window = target.policy.reward_within_hours * HOUR
    for row in rows:
        if row.place:
            continue
        features = features_in(row)
        place = target.place(row.user, features, sorted(row.arms))
        if place is None:
            return
        seen = row.shown_at is not None and row.shown_at <= milliseconds(row.made_at) + window
        reward = float(_is_reward(target.policy, row)) if seen else None
        yield TriedDecision(
            user=row.user,
            features=features,
            arm=row.arm,
            propensity=row.arms[row.arm],
            reward=reward,
            place=place,
            dismissed=row.hides != "",
            left=row.left,
            took_ms=row.took_ms,
        )


def _is_reward(policy: Policy, row: Any) -> bool:
    return row.acted_at is not None and bool(row.acted_at <= row.shown_at + policy.reward_within_hours * HOUR)


def _estimator(
    tried: Sequence[TriedDecision], known: Sequence[TriedDecision], found: Sequence[Distribution]
) -> Callable[[Floats], list[PolicyEstimate]]:
    """Return the estimates of any outcome of the known decisions, none where there are none."""
    if not known:
        return lambda _: []
    names = sorted({arm for each in found for arm in each.arms})
    code = {name: number for number, name in enumerate(names)}
    used = sorted({each.place for each in known})
    chosen = [found[place] for place in used]
    target = TargetPolicy(
        of=np.searchsorted(used, [each.place for each in known]),
        starts=np.cumsum([0, *(len(each.arms) for each in chosen)]),
        action=np.array([code[arm] for each in chosen for arm in each.arms], np.int64),
        probability=np.array([chance for each in chosen for chance in each.probabilities]),
        n_actions=len(names),
    )
    features, action = _columns([each.features for each in known]), np.array([code[each.arm] for each in known])
    user = np.unique([each.user for each in known], return_inverse=True)[1]
    propensity = np.array([each.propensity for each in known])
    decided = np.bincount([code[each.arm] for each in tried], minlength=len(names))
    counts = ActionCounts(names, decided, np.bincount(action, minlength=len(names)))
    return lambda outcome: evaluate(Decisions(features, action, user, propensity, outcome), target, counts)


def _guardrails(
    known: Sequence[TriedDecision], estimate: Callable[[Floats], list[PolicyEstimate]]
) -> Iterator[EvaluatedGuardrail]:
    """Yield what the policy would have made of dismissals and leavings; a time is that of what drew."""
    outcomes = {"dismissed": [each.dismissed for each in known], "unsubscribed": [each.left for each in known]}
    for name, outcome in outcomes.items():
        chosen = _chosen(estimate(np.array(outcome, np.float64)))
        yield EvaluatedGuardrail(
            name=name,
            unit=GuardrailUnit.SHARE,
            served=float(np.mean(outcome)) if outcome else None,
            value=chosen.value if chosen else None,
            low=chosen.low if chosen else None,
            high=chosen.high if chosen else None,
            refused=chosen.refused if chosen else NOTHING_SETTLED,
        )
    took = [each.took_ms for each in known if each.took_ms is not None]
    yield EvaluatedGuardrail(
        name="time to decide",
        unit=GuardrailUnit.MILLISECONDS,
        served=float(np.mean(took)) if took else None,
        value=None,
        low=None,
        high=None,
        refused=OF_ANOTHER,
    )


def _chosen(estimates: Sequence[PolicyEstimate]) -> PolicyEstimate | None:
    return next((each for each in estimates if each.estimator == ESTIMATOR), None)


def _columns(features: Sequence[Features]) -> Floats:
    """Return ones, and an indicator of each common value of a feature but the first, with mean 0 and deviation 1."""
    found: list[Floats] = []
    for name in FEATURES:
        values = [str(getattr(each, name)) for each in features]
        common = [value for value in sorted(set(values)) if values.count(value) >= LEAST_COMMON * len(values)]
        found += [np.array([one == value for one in values], np.float64) for value in common[1:]]
    return standardized(np.column_stack(found) if found else np.empty((len(features), 0)))


def _evaluation(
    policy: Policy,
    since: float,
    known: Sequence[TriedDecision],
    estimates: Sequence[PolicyEstimate],
    guardrails: Sequence[EvaluatedGuardrail],
) -> EvaluatedPolicy:
    chosen, users = _chosen(estimates), {each.user for each in known}
    return EvaluatedPolicy(
        kind=policy.kind,
        hash=policy_hash(policy),
        since=iso(since),
        n=len(known),
        n_users=len(users),
        n_simulated=sum(map(is_simulated, users)),
        served=float(np.mean([each.reward for each in known])) if known else None,
        value=chosen.value if chosen else None,
        low=chosen.low if chosen else None,
        high=chosen.high if chosen else None,
        refused=chosen.refused if chosen else NOTHING_SETTLED,
        estimates=estimates,
        guardrails=guardrails,
    )


def _looks(policy: Policy) -> Sequence[str]:
    return [name for name, _ in policy.columns] if isinstance(policy, LinUcbPolicy) else []


def _part(user: str) -> int:
    return hashlib.sha256(b"policy evaluation " + user.encode()).digest()[0] % PARTS
