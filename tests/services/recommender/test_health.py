"""The check of the log of decisions."""

import random

import sqlalchemy as sa

from services.recommender.health import decision_faults
from services.recommender.tables import DECISIONS, SERVED
from tests.services.recommender.world import World


def test_every_draw_follows_from_its_log(world: World) -> None:
    """Decisions of one tip, of several and of none are drawn again from what is stored, place for place."""
    chance = random.Random(1)  # noqa: S311  # a seeded course
    for _ in range(12):
        world.ask(f"user-{chance.randrange(3)}", k=chance.randrange(1, 4))
    assert set(dict(decision_faults(world.engine)).values()) == {""}


def test_a_log_that_was_changed_is_found(here: World) -> None:
    """Another propensity, a tip that goes and a seed that is another are each said, with how many."""
    made = [here.ask(f"user-{number}", k=2).decision for number in range(3)]
    with here.engine.begin() as connection:
        connection.execute(SERVED.update().where(SERVED.c.decision == made[0]).values(propensity=0.9))
        connection.execute(SERVED.delete().where(SERVED.c.decision == made[1], SERVED.c.place == 1))
        changed = DECISIONS.update().where(DECISIONS.c.id == made[2])
        connection.execute(changed.values(arms={"template/terse": 0.9, "template/coach": 0.1}))
    ((what, fault), *_) = decision_faults(here.engine)
    other = f"of 1 policy, state and eligible cells give other probabilities ({made[2]})"
    assert (what, fault.partition(":")[0]) == (
        "decisions",
        f"3 of the newest 3 do not follow from their log; {other}",
    )


def test_a_database_without_the_tables_has_no_finding() -> None:
    """A home from before the module is no fault."""
    assert list(decision_faults(sa.create_engine("sqlite://"))) == []
