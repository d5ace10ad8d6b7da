"""Policies over the schema: promoted, rolled back, stopped, paused, each with what the audit row has of it."""

from pathlib import Path

from core.policies.configuration import RandomPolicy, ThompsonPolicy, policy_hash
from tests.api.types.operations.policies import answer_of
from tests.services.recommender.world import World

THOMPSON, RANDOM = policy_hash(ThompsonPolicy()), policy_hash(RandomPolicy())
FAILURE = "... on Failure { code path }"


def test_a_policy_is_promoted_and_rolled_back(tmp_path: Path) -> None:
    """The answer is what draws now; the audit row has hashes, version and share, and not the reason."""
    world = World(tmp_path / "home")
    shown = "__typename ... on PolicyPromotion { version kind by reason share policy { name hash } canary { hash } }"
    promote = f'promotePolicy(policy: "kind = \\"thompson\\"", share: 0.25, reason: "Try it.") {{ {shown} {FAILURE} }}'
    data, context = answer_of(world, f"mutation {{ {promote} }}")
    made = data["promotePolicy"]
    assert (made["version"], made["kind"], made["share"], made["canary"]) == (1, "PROMOTED", 0.25, {"hash": THOMPSON})
    assert made["policy"] == {"name": "random", "hash": RANDOM}
    assert made["by"] == context.known.subject
    assert context.noted.after == {"version": "1", "kind": "promoted", "canary": THOMPSON, "share": "0.25"}
    assert context.noted.target == RANDOM
    report = "{ canaryReport { canaryUsers ratioP refused guardrails { name unit allowed verdict low } } }"
    found = answer_of(world, report)[0]["canaryReport"]
    assert (found["canaryUsers"], found["ratioP"], found["refused"]) == (0, 1.0, None)
    assert {(rail["verdict"], rail["low"]) for rail in found["guardrails"]} == {("UNDECIDED", None)}
    of_time = {"name": "time to decide", "unit": "MILLISECONDS", "allowed": 10.0, "verdict": "UNDECIDED", "low": None}
    assert found["guardrails"][-1] == of_time
    back = f'mutation {{ rollBackPolicy(reason: "Enough.") {{ {shown} {FAILURE} }} }}'
    assert answer_of(world, back)[0]["rollBackPolicy"]["canary"] is None
    assert answer_of(world, back)[0]["rollBackPolicy"]["code"] == "CONFLICT"
    stop = f'mutation {{ stopPolicies(reason: "Fire.") {{ {shown} {FAILURE} }} }}'
    assert answer_of(world, stop)[0]["stopPolicies"]["code"] == "CONFLICT"
    listed = answer_of(world, "{ policies { version kind at } canaryReport { ratioP } }")[0]
    assert [(each["version"], each["kind"]) for each in listed["policies"]] == [
        (2, "ROLLED_BACK"),
        (1, "PROMOTED"),
        (0, "FIRST"),
    ]
    assert listed["policies"][-1]["at"] is None
    assert listed["canaryReport"] is None
    world.close()


def test_a_cell_is_paused_and_resumed(tmp_path: Path) -> None:
    """By the name that decisions and leaderboards have; what is not there is a failure with its field."""
    world = World(tmp_path / "home")
    fields = f"... on TipPause {{ kind name reason }} {FAILURE}"
    pause = 'pauseTips(kind: CELL, name: "%s", reason: "Rude.")'
    data, context = answer_of(world, f"mutation {{ {pause % 'template/terse'} {{ {fields} }} }}")
    assert data["pauseTips"] == {"kind": "CELL", "name": "template/terse", "reason": "Rude."}
    assert context.noted.target.startswith("sha256:"), "a name that a caller typed"
    assert answer_of(world, "{ tipPauses { name } }")[0]["tipPauses"] == [{"name": "template/terse"}]
    wrong = answer_of(world, f"mutation {{ {pause % 'no/such'} {{ {fields} }} }}")[0]["pauseTips"]
    assert wrong == {"code": "NOT_FOUND", "path": ["name"]}
    resume = f'mutation {{ resumeTips(kind: CELL, name: "template/terse") {{ {fields} }} }}'
    assert answer_of(world, resume)[0]["resumeTips"]["name"] == "template/terse"
    assert answer_of(world, resume)[0]["resumeTips"]["code"] == "NOT_FOUND"
    world.close()
