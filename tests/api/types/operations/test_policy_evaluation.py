"""What a policy would have earned, over the schema."""

from pathlib import Path

from core.policies.configuration import ThompsonPolicy, policy_hash
from tests.api.types.operations.policies import answer_of
from tests.services.recommender.world import World

RAILS = "guardrails { name unit served refused }"
FIELDS = f"... on PolicyEvaluation {{ kind hash n served value refused estimates {{ estimator }} {RAILS} }}"


def test_an_estimate_or_its_refusal_is_shown(tmp_path: Path) -> None:
    """Without settled decisions it says what is missing; what is no policy is a failure with its field."""
    world = World(tmp_path / "home")
    document = "{ policyEvaluation(policy: \"kind = '%s'\") { %s ... on Failure { path } } }"
    found = answer_of(world, document % ("thompson", FIELDS))[0]["policyEvaluation"]
    assert found.pop("refused").startswith("not estimable: no decision with a tip")
    rails = found.pop("guardrails")
    assert [(each["name"], each["unit"], each["served"]) for each in rails] == [
        ("dismissed", "SHARE", None),
        ("unsubscribed", "SHARE", None),
        ("time to decide", "MILLISECONDS", None),
    ]
    assert all(each["refused"].startswith("not estimable: ") for each in rails)
    hash_ = policy_hash(ThompsonPolicy())
    assert found == {"kind": "thompson", "hash": hash_, "n": 0, "served": None, "value": None, "estimates": []}
    wrong = answer_of(world, document % ("best", FIELDS))[0]["policyEvaluation"]
    assert wrong == {"path": ["policy", "kind"]}
    world.close()
