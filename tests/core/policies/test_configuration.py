"""Policies as they are written in TOML: what is read, what is refused, and what changes the hash."""

import math
import tomllib

import pytest

from core.policies.configuration import (
    BadPolicy,
    EpsilonGreedyPolicy,
    LinUcbPolicy,
    Policy,
    RandomPolicy,
    ThompsonPolicy,
    counting_of,
    counting_policy,
    policy_hash,
    policy_values,
    read_policy,
)


def test_fields_left_out_have_their_defaults() -> None:
    """And the hash is that of the same policy written out."""
    short = read_policy(tomllib.loads('kind = "random"'))
    assert short == RandomPolicy(72)
    assert policy_hash(short) == policy_hash(read_policy({"kind": "random", "reward_within_hours": 72}))


def test_a_policy_is_read_again_from_its_values() -> None:
    """Every kind, also with columns; and what counts alike has equal ways of counting."""
    linear = LinUcbPolicy(columns=(("area", ("work", "sleep")), ("weekday", ("friday",))), width=0.0)
    for policy in (
        RandomPolicy(48),
        EpsilonGreedyPolicy(floor=0.3),
        ThompsonPolicy(),
        linear,
        LinUcbPolicy(columns=()),
    ):
        assert read_policy(policy_values(policy)) == policy
        assert counting_of(counting_policy(counting_of(policy))) == counting_of(policy)
    assert counting_of(ThompsonPolicy(floor=0.5)) == counting_of(EpsilonGreedyPolicy()) == counting_of(RandomPolicy())
    different = (RandomPolicy(), RandomPolicy(48), linear, LinUcbPolicy(columns=()))
    assert len({str(counting_of(policy)) for policy in different}) == 4


def test_every_field_is_in_the_hash() -> None:
    """Equal policies have equal hashes, in this and every later version."""
    assert policy_hash(RandomPolicy()) == "58d7ec2e36d7bc80d0e1499ad27965f0269e3962292c4193aaaf7af1f1ef22bb"
    others: list[Policy] = [
        RandomPolicy(71),
        EpsilonGreedyPolicy(),
        ThompsonPolicy(),
        ThompsonPolicy(floor=0.2),
        ThompsonPolicy(prior_weight=9.0),
        LinUcbPolicy(),
        LinUcbPolicy(width=2.0),
        LinUcbPolicy(ridge=2.0),
        LinUcbPolicy(columns=()),
    ]
    assert len({policy_hash(policy) for policy in (RandomPolicy(), *others)}) == 10


def test_a_policy_is_read_whole() -> None:
    """Whole numbers may stand for others, and columns have the features' order whatever they were written in."""
    text = """
        kind = "linucb"
        floor = 1
        width = 0.5
        [columns]
        surface = ["push", "home"]
        area = ["work"]
    """
    columns = (("area", ("work",)), ("surface", ("push", "home")))
    found = read_policy(tomllib.loads(text))
    assert found == LinUcbPolicy(floor=1.0, width=0.5, columns=columns)
    assert policy_hash(found) == policy_hash(LinUcbPolicy(floor=1.0, width=0.5, columns=columns))


@pytest.mark.parametrize(
    ("values", "path", "said"),
    [
        ({}, "kind", "kind is None: use random"),
        ({"kind": "best"}, "kind", "kind is 'best': use random"),
        ({"kind": ["random"]}, "kind", "use random"),
        ({"kind": "random", "flor": 0.1}, "flor", "'flor' is no field of a policy of kind random"),
        ({"kind": "random", "reward_within_hours": 0}, "reward_within_hours", "is 0: use a whole number from 1 to 720"),
        ({"kind": "random", "reward_within_hours": 721}, "reward_within_hours", "is 721"),
        ({"kind": "random", "reward_within_hours": 1.5}, "reward_within_hours", "is 1.5"),
        ({"kind": "random", "reward_within_hours": True}, "reward_within_hours", "is True"),
        ({"kind": "random", "reward_within_hours": "72"}, "reward_within_hours", "is '72'"),
        ({"kind": "random", "floor": 0.1}, "floor", "'floor' is no field of a policy of kind random"),
        ({"kind": "thompson", "floor": 0.0}, "floor", "floor is 0.0: use a number from 0.01 to 1"),
        ({"kind": "thompson", "floor": math.nan}, "floor", "floor is nan"),
        ({"kind": "thompson", "prior_weight": -1}, "prior_weight", "use a number from 0 to 1000"),
        ({"kind": "linucb", "columns": ["area"]}, "columns", "use a table of lists"),
        ({"kind": "linucb", "columns": {"age": ["old"]}}, "columns.age", "'age' is no feature: use area"),
        ({"kind": "linucb", "columns": {"area": []}}, "columns.area", "use a list of different words"),
        ({"kind": "linucb", "columns": {"area": "work"}}, "columns.area", "use a list of different words"),
        ({"kind": "linucb", "columns": {"area": ["a", "a"]}}, "columns.area", "use a list of different words"),
        ({"kind": "linucb", "columns": {"area": [1]}}, "columns.area", "use a list of different words"),
        ({"kind": "linucb", "columns": {"area": [str(n) for n in range(64)]}}, "columns", "has 64 values"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(values: dict[str, object], path: str, said: str) -> None:
    """In one sentence that says what it may be."""
    with pytest.raises(BadPolicy) as caught:
        read_policy(values)
    assert ".".join(caught.value.path) == path
    assert said in str(caught.value)
