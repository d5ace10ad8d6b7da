"""Why a tip was served, and what was learnt, over the schema."""

from pathlib import Path

from contracts.tips.recommendations import FeedbackKind
from tests.api.types.operations.policies import answer_of
from tests.services.recommender.world import World


def test_states_and_decisions_are_shown(tmp_path: Path) -> None:
    """Every arm of the state with its posterior; of a decision all that its draw follows from."""
    world = World(tmp_path / "home")
    made = world.ask(area="sleep")
    world.say(made, FeedbackKind.SHOWN)
    arms = "arms { prompt served shown acted mean low high score share shownShare }"
    (state,) = answer_of(world, f"{{ policyState {{ version policy {{ name configuration }} {arms} }} }}")[0][
        "policyState"
    ]
    assert (state["version"], state["policy"]["name"]) == (2, "random")
    assert state["policy"]["configuration"] == '{"kind":"random","reward_within_hours":72}'
    seen = {arm["prompt"]: arm for arm in state["arms"]}
    assert (seen[made.tips[0].cell.prompt]["shown"], seen["long"]["served"], seen["long"]["shownShare"]) == (1, 0, None)
    parts = "arms { prompt probability } dropped { prompt rule says } tips { tip source shownAt }"
    fields = f"policy promotion stateVersion tookMs {parts}"
    found = answer_of(world, f'{{ decision(id: "{made.decision}") {{ {fields} }} }}')[0]["decision"]
    assert (found["policy"], found["promotion"], found["stateVersion"]) == ("random", 0, 1)
    assert found["arms"] == [{"prompt": "coach", "probability": 0.5}, {"prompt": "terse", "probability": 0.5}]
    assert [(each["prompt"], each["rule"]) for each in found["dropped"]] == [("long", "consent")]
    (tip,) = found["tips"]
    assert (tip["tip"], tip["source"], tip["shownAt"] is not None) == (made.tips[0].tip, "template", True)
    assert found["tookMs"] > 0
    world.close()
