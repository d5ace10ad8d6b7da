"""Policies as they are written in TOML: what is read, what is refused, and what changes the hash."""

import tomllib

import pytest

from core.policies.configuration import BadPolicy, RandomPolicy, policy_hash, read_policy


def test_fields_left_out_have_their_defaults() -> None:
    """And the hash is that of the same policy written out."""
    short = read_policy(tomllib.loads('kind = "random"'))
    assert short == RandomPolicy(72)
    assert policy_hash(short) == policy_hash(read_policy({"kind": "random", "reward_within_hours": 72}))


def test_every_field_is_in_the_hash() -> None:
    """Equal policies have equal hashes, in this and every later version."""
    assert policy_hash(RandomPolicy()) == "58d7ec2e36d7bc80d0e1499ad27965f0269e3962292c4193aaaf7af1f1ef22bb"
    assert policy_hash(RandomPolicy(71)) != policy_hash(RandomPolicy())


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
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(values: dict[str, object], path: str, said: str) -> None:
    """In one sentence that says what it may be."""
    with pytest.raises(BadPolicy) as caught:
        read_policy(values)
    assert caught.value.path == (path,)
    assert said in str(caught.value)
