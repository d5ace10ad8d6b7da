"""Simulated users on the real recommender."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.modules.events import TipActedV1, TipShownV1
from contracts.tips.catalog import TipCatalog
from core.simulated_users.tastes import Relation, rates
from resources.simulated_users.player import Player, SeededIds, SimulatedTime
from resources.simulated_users.run import SimulatedRun
from services.recommender.module import RecommenderModule
from services.recommender.settings import RecommenderTable
from services.recommender.tables import DECISIONS, FEEDBACK, SERVED
from tests.services.recommender.world import START, StandingTips, World, cell

SINCE = START - START % 86_400.0
RUN = SimulatedRun(relation=Relation.AGREE, strength=0.2, base_rate=0.3, users=8, days=3, seed=1, since=SINCE)
CELLS = TipCatalog((cell("terse", score=0.2), cell("coach", score=0.8), cell("plain")), fallback=False)
POLICY = {"kind": "thompson"}
"""It draws by what users did before, so that another order of feedback would draw other tips."""


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[Callable[[str], World]]:
    """Homes by name, each made when it is named first."""
    made: dict[str, World] = {}
    yield lambda name: made.setdefault(name, World(tmp_path / name))
    for world in made.values():
        world.close()


def player(world: World, stop_after: int = 10_000) -> Player:
    """Return a player on a home, as a new process has it, that is interrupted after so many visits."""
    clock, ids = SimulatedTime(SINCE), SeededIds()
    context = replace(world.context(RecommenderTable(policy=POLICY)), clock=clock, ids=ids)
    module = RecommenderModule(context, StandingTips(CELLS), timer=clock)

    def tick(done: int) -> None:
        if done >= stop_after:
            raise Interrupted

    return Player(
        run=RUN,
        module=module,
        clock=clock,
        ids=ids,
        rate_of=rates(RUN.tastes, CELLS.scores, RUN.seed),
        known=module.simulated_decisions(),
        tick=tick,
        new_day=world.deliver,
    )


def log_of(world: World) -> list[list[str]]:
    """Return what was decided, drawn and said, without what is sealed by keys of the home's own."""
    tables = (DECISIONS, SERVED, FEEDBACK)
    return [
        sorted(
            str([value for name, value in zip(table.c.keys(), row, strict=True) if name != "sealed"]) for row in rows
        )
        for table, rows in ((table, world.rows(table)) for table in tables)
    ]


def test_users_ask_see_and_act(worlds: Callable[[str], World]) -> None:
    """Each visit is a decision at its time; what is counted is what the log and the signals say."""
    world = worlds("one")
    counts = player(world).play()
    decided, served = world.rows(DECISIONS), world.rows(SERVED)
    assert counts.visits == len(decided) == RUN.users * RUN.days
    assert (counts.again, counts.empty) == (0, 0)
    assert all(row.user.startswith(f"simulated-{RUN.name}-") for row in decided)
    assert all(SINCE <= row.made_at < SINCE + RUN.days * 86_400 for row in decided)
    assert counts.shown.total() == sum(row.shown_at is not None for row in served)
    assert counts.acted.total() == sum(row.acted_at is not None for row in served) > 0
    assert counts.dismissed.total() == sum(row.hides != "" for row in served)
    assert len(world.published(TipShownV1)) == counts.shown.total()
    assert len(world.published(TipActedV1)) == counts.acted.total()


def test_a_run_is_the_same_anywhere(worlds: Callable[[str], World]) -> None:
    """Two homes with the same cells come to the same decisions and reactions; played again nothing changes."""
    one, two = worlds("one"), worlds("two")
    first, other = player(one).play(), player(two).play()
    assert log_of(one) == log_of(two)
    before = log_of(one)
    again = player(one).play()
    assert log_of(one) == before
    assert again.again == again.visits == first.visits
    assert (again.drawn, again.acted) == (first.drawn, first.acted) == (other.drawn, other.acted)


@pytest.mark.parametrize("stop_after", [1, 11])
def test_an_interrupted_run_goes_on(worlds: Callable[[str], World], stop_after: int) -> None:
    """What it comes to in the end has each visit and reaction once, those of before as they were."""
    world, whole = worlds("one"), worlds("two")
    with pytest.raises(Interrupted):
        player(world, stop_after).play()
    before = [row.id for row in world.rows(DECISIONS)]
    assert len(before) == stop_after
    counts = player(world).play()
    player(whole).play()
    assert counts.again == stop_after
    assert [len(rows) for rows in log_of(world)] == [len(rows) for rows in log_of(whole)]
    assert {row.id for row in world.rows(DECISIONS)} == {row.id for row in whole.rows(DECISIONS)}
