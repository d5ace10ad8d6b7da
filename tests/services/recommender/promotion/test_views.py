"""What admins see of states and decisions: what was learnt, and why a tip was served, without its user."""

import msgspec
import pytest

from contracts.refusals import NotFound
from contracts.tips.recommendations import FeedbackKind
from services.recommender.tables import DECISIONS
from tests.services.recommender.world import World


def test_a_decision_is_explained_without_its_user(world: World) -> None:
    """Arms with probabilities, dropped ones with their rule, policy, state and seed; neither id nor text of a user."""
    made = world.ask(area="sleep", said="CANARY words")
    world.say(made, FeedbackKind.SHOWN)
    seen = world.recommender.decision_view(made.decision)
    assert [(each.prompt, each.probability) for each in seen.arms] == [("coach", 0.5), ("terse", 0.5)]
    assert [(each.model, each.prompt, each.rule) for each in seen.dropped] == [("vendor/large", "long", "consent")]
    assert seen.dropped[0].says == "the consent that this cell would need was not given"
    assert [(each.tip, each.propensity, each.acted_at, each.dismissed) for each in seen.tips] == [
        (made.tips[0].tip, 0.5, None, False)
    ]
    assert seen.tips[0].shown_at is not None
    (row,) = world.rows(DECISIONS)
    assert (seen.seed, seen.state_version, seen.promotion, seen.policy_hash) == (str(row.seed), 1, 0, made.policy.hash)
    said = msgspec.json.encode(seen).decode()
    assert "user-a" not in said
    assert "CANARY" not in said
    assert made.tips[0].text not in said
    for wrong in ("no-such", "\0", "\ud800"):
        with pytest.raises(NotFound):
            world.recommender.decision_view(wrong)


def test_a_state_has_every_arm_with_its_posterior(here: World) -> None:
    """Those of the catalog and of what was served; shares add up, and of no tips they are not known."""
    (empty,) = here.recommender.policy_states()
    assert (empty.version, len(empty.arms)) == (None, 3)
    assert {(each.share, each.shown_share, each.mean) for each in empty.arms} == {(None, None, 0.5)}
    here.recommender.promote('kind = "thompson"', 0.5, "Try it.", "a")
    for number in range(4):
        made = here.ask(f"user-{number}", k=2)
        for tip in made.tips:
            here.say(made, FeedbackKind.SHOWN, user=f"user-{number}", tip=tip.tip)
            if tip.cell.prompt == "coach":
                here.say(made, FeedbackKind.ACTED, user=f"user-{number}", tip=tip.tip)
    states = here.recommender.policy_states()
    assert [state.policy.name for state in states] == ["random", "thompson"]
    arms = {arm.prompt: arm for arm in states[1].arms}
    assert (arms["coach"].served, arms["coach"].shown, arms["coach"].acted, arms["coach"].shown_share) == (4, 4, 4, 1.0)
    assert arms["coach"].mean == pytest.approx(5 / 6)
    assert arms["coach"].low < arms["coach"].mean < arms["coach"].high
    assert (arms["terse"].acted, arms["terse"].share, arms["long"].share) == (0, 0.5, 0.0)
