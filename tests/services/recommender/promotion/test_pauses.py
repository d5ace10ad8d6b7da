"""Pausing a tip or a cell: nothing of it is drawn from the next request on, and the decision says why."""

import pytest

from contracts.refusals import InvalidInput, NotFound
from contracts.tips.policy_administration import PauseKind
from services.recommender.tables import DECISIONS
from tests.services.recommender.world import World


def test_nothing_of_what_is_paused_is_drawn(world: World) -> None:
    """A cell until it is resumed, whoever asks and in whichever process."""
    other = world.module()
    made = other.pause_tips(PauseKind.CELL, "template/terse", "Rude.", "admin-1")
    assert (made.name, made.reason, made.by) == ("template/terse", "Rude.", "admin-1")
    assert {world.ask(f"user-{number}").tips[0].cell.prompt for number in range(4)} == {"coach"}
    assert {row.left_out["template/terse"] for row in world.rows(DECISIONS)} == {"paused"}
    assert world.recommender.resume_tips(PauseKind.CELL, "template/terse") == made
    assert len(world.ask("user-9", k=2).tips) == 2
    assert world.recommender.pauses() == []


def test_one_tip_is_paused_alone(here: World) -> None:
    """Its cell serves the others; with all of them paused the cell is out by that rule."""
    for number in range(2):
        here.recommender.pause_tips(PauseKind.TIP, f"terse-sleep-{number}", "Wrong.", "admin-1")
    made = here.ask(area="sleep", k=2)
    assert [tip.cell.prompt for tip in made.tips] == ["coach"]
    assert ("paused", 1) in [(each.code, each.cells) for each in made.reasons]
    assert {tip.cell.prompt for tip in here.ask("user-b", area="work", k=2).tips} == {"coach", "terse"}


def test_what_is_not_there_is_neither_paused_nor_resumed(here: World) -> None:
    """A name of the other kind is none; a pause has a reason, and one that is given again replaces it."""
    for kind, name in ((PauseKind.CELL, "no/such"), (PauseKind.TIP, "template/terse"), (PauseKind.TIP, "\0")):
        with pytest.raises(NotFound):
            here.recommender.pause_tips(kind, name, "why", "a")
        with pytest.raises(NotFound):
            here.recommender.resume_tips(kind, name)
    with pytest.raises(InvalidInput):
        here.recommender.pause_tips(PauseKind.CELL, "template/terse", " ", "a")
    for reason in ("One.", "Two."):
        here.recommender.pause_tips(PauseKind.CELL, "template/terse", reason, "a")
    assert [each.reason for each in here.recommender.pauses()] == ["Two."]
