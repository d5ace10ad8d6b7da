"""Probabilities of logged decisions that are computed again."""

import random
from typing import Any

import pytest

from contracts.tips.catalog import TipCatalog
from contracts.tips.recommendations import FeedbackKind
from core.policies.configuration import LinUcbPolicy, RandomPolicy
from kit.sql.sessions import reading
from services.recommender.drawing import redraw
from services.recommender.drawing.redraw import compared_probabilities
from services.recommender.health import decision_faults
from services.recommender.tables import DECISIONS
from tests.services.recommender.world import World, cell

SCORES = {"m/one": 0.9, "m/two": 0.2}
BOARD = TipCatalog(tuple(cell(arm[2:], "m", tips=4, score=score) for arm, score in SCORES.items()), fallback=False)


def _course(world: World, decisions: int) -> list[str]:
    """Users are served, and show and act as it comes, a second at a time; the ids of the decisions."""
    chance, made = random.Random(3), []  # noqa: S311  # a seeded course
    for number in range(decisions):
        user = f"user-{number}"
        world.clock.now += 1
        tips = world.ask(user, area="sleep")
        made.append(tips.decision)
        for event, share in ((FeedbackKind.SHOWN, 0.9), (FeedbackKind.ACTED, 0.5)):
            world.clock.now += 1
            if chance.random() < share:
                world.say(tips, event, user=user)
    return made


def _other(world: World, scores: dict[str, float] | None = None) -> list[str]:
    with reading(world.engine) as connection:
        rows: Any = connection.execute(DECISIONS.select().order_by(DECISIONS.c.made_at.desc())).all()
        known = SCORES if scores is None else scores
        return [id_ for id_, same in compared_probabilities(connection, rows, RandomPolicy(), known) if not same]


@pytest.mark.parametrize("kind", ["random", "epsilon_greedy", "thompson", "linucb"])
def test_decisions_have_the_probabilities_of_what_was_known(world: World, kind: str) -> None:
    """Of each policy, by the state of its moment; another policy's decision, or other cells' chances, are named."""
    world.recommender = world.module(BOARD)
    world.ask("user-first")
    if kind != "random":
        world.recommender.promote(f"kind = '{kind}'", 1.0, "It learns.", "an-admin")
    made = _course(world, 6)
    assert _other(world) == []
    found = dict(decision_faults(world.engine, RandomPolicy(), SCORES))
    compared, of = next(what for what in found if "compared" in what).split(" of the newest ")
    assert (set(found.values()), of) == ({""}, f"{len(world.rows(DECISIONS))} decisions compared with policy and state")
    assert 0 < int(compared) <= len(made) + 1
    with world.engine.begin() as connection:
        changed = DECISIONS.update().where(DECISIONS.c.id == made[3])
        connection.execute(changed.values(arms={"m/one": 0.65, "m/two": 0.35}))
    assert _other(world) == [made[3]]
    said = dict(decision_faults(world.engine, RandomPolicy(), SCORES))["decisions"]
    assert f"of 1 policy, state and eligible cells give other probabilities ({made[3]})" in said


def test_what_was_known_is_believed_by_its_hash_alone(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores that are others today, a policy of older settings and folds beyond the most leave nothing to compare."""
    here.recommender = here.module(BOARD, policy={"kind": "linucb"})
    made = _course(here, 4)
    with here.engine.begin() as connection:
        connection.execute(DECISIONS.update().values(arms={"m/one": 0.65, "m/two": 0.35}))
        rows: Any = connection.execute(DECISIONS.select().order_by(DECISIONS.c.made_at)).all()
        first = LinUcbPolicy()
        assert list(compared_probabilities(connection, rows, first, SCORES)) == [(each, False) for each in made]
        assert list(compared_probabilities(connection, rows, first, {})) == []
        assert list(compared_probabilities(connection, rows, RandomPolicy(), SCORES)) == []
        monkeypatch.setattr(redraw, "MOST_FOLDS", 2)
        assert list(compared_probabilities(connection, rows, first, SCORES)) == [(each, False) for each in made[:2]]
