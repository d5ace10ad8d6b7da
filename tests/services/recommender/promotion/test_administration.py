"""What admins do with policies, in this process and in one of the module's own."""

from contextlib import ExitStack
from typing import Any

import pytest

from contracts.payloads import PolicyPromotedV1
from contracts.refusals import Conflict, InvalidInput, NotFound, Unavailable
from contracts.tips.policy_administration import PauseKind
from tests.services.recommender.world import World
from tests.serving import served_over_http


@pytest.mark.parametrize("way", ["here", "served"])
def test_every_call_goes_through_the_contract(here: World, way: str) -> None:
    """Answers and refusals are the same from either process: promotions, states, decisions, pauses and the trial."""
    with ExitStack() as wall:
        module: Any = here.recommender
        if way == "served":
            module = wall.enter_context(served_over_http("recommender", here.recommender, here.clock, Unavailable))
        made = module.promote('kind = "thompson"', 0.5, "Try it.", "admin-1")
        assert made == here.recommender.promotions()[0]
        assert module.promotions() == here.recommender.promotions()
        drawn = here.ask()
        assert module.decision_view(drawn.decision) == here.recommender.decision_view(drawn.decision)
        estimate = here.recommender.evaluate_policy('kind = "linucb"')
        assert module.evaluate_policy('kind = "linucb"') == estimate
        assert module.policy_states() == here.recommender.policy_states()
        assert module.canary_report() == here.recommender.canary_report()
        paused = module.pause_tips(PauseKind.CELL, "template/terse", "Rude.", "admin-1")
        assert list(module.pauses()) == [paused]
        assert module.resume_tips(PauseKind.CELL, "template/terse") == paused
        assert module.stop_policies("Fire.", "admin-1").version == 2
        assert module.roll_back("Fine again.", "admin-1").canary == made.canary
        module.roll_back("All of it.", "admin-1")
        assert module.canary_report() is None
        with pytest.raises(Conflict):
            module.roll_back("More.", "admin-1")
        with pytest.raises(InvalidInput):
            module.promote("kind = 3", 1.0, "why", "admin-1")
        with pytest.raises(NotFound):
            module.decision_view("no-such")


def test_each_promotion_is_an_event_of_its_transaction(here: World) -> None:
    """It says what draws and for whom, and not who decided it or why; what is refused is none."""
    made = here.recommender.promote('kind = "thompson"', 0.5, "Try it, says Anna.", "admin-1")
    with pytest.raises(InvalidInput):
        here.recommender.promote('kind = "thompson"', 2.0, "why", "admin-1")
    here.recommender.stop_policies("Fire.", "admin-1")
    first, stop = here.published(PolicyPromotedV1)
    assert made.canary is not None
    assert (first.version, first.kind, first.share) == (1, "promoted", 0.5)
    assert (first.policy_hash, first.canary_hash) == (made.policy.hash, made.canary.hash)
    assert (stop.version, stop.kind, stop.canary) == (2, "stopped", None)
    assert "Anna" not in f"{first}{stop}"
