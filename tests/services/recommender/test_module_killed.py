"""The way from a request to its answer and feedback, killed before every statement and commit on it."""

import json
import random
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from contracts.modules.events import DecisionMadeV1, TipShownV1
from services.recommender.health import decision_faults
from services.recommender.tables import DECISIONS, FEEDBACK, SERVED
from tests.services.recommender.world import World
from tests.structure.sources import ROOT

MOST_STEPS, SEED = 100, 1


@pytest.mark.slow
def test_no_tip_is_served_without_its_propensity_whatever_is_killed(world: World, database_url: str) -> None:
    """Rows and events are there whole or not at all, and for every answer; feedback has its signal, once.

    On PostgreSQL a third of the steps are tried.
    """
    print(f"seed {SEED}")
    chance = random.Random(SEED)  # noqa: S311  # a seeded sample
    each, step, said = world.engine.dialect.name == "sqlite", 0, "killed"
    served, taken, lasts = list[dict[str, Any]](), list[str](), Counter[str]()
    command = [sys.executable, "-m", "tests.services.recommender.deciding_process", str(world.home.root), database_url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        while said == "killed":
            step += 1 if each else chance.randrange(1, 6)
            assert step < MOST_STEPS
            print(f"user-{step}", step, file=process.stdin, flush=True)
            while (said := process.stdout.readline().strip()) not in {"killed", "done", "failed", ""}:
                kind, _, rest = said.partition(" ")
                lasts[kind] += 1
                if kind == "served":
                    served.append(json.loads(rest))
                else:
                    taken.append(rest)
        process.stdin.close()
    assert said == "done"
    assert step > 15, "the steps of the way"
    _whole(world)
    _logged(world, served)
    feedback = {row.user for row in world.rows(FEEDBACK)}
    assert set(taken) <= feedback
    assert len(world.published(TipShownV1)) == len(world.rows(FEEDBACK)) == len(feedback)
    if each:
        assert len(world.rows(DECISIONS)) > len(served) > len(taken), "one was killed between log and answer, of both"


def _whole(world: World) -> None:
    """Every decision has its two tips and its event, and follows from its log; nothing else is there."""
    decisions = {row.id for row in world.rows(DECISIONS)}
    assert Counter(row.decision for row in world.rows(SERVED)) == dict.fromkeys(decisions, 2)
    assert sorted(said.decision for said in world.published(DecisionMadeV1)) == sorted(decisions)
    assert set(dict(decision_faults(world.engine)).values()) == {""}


def _logged(world: World, served: list[dict[str, Any]]) -> None:
    rows = {(row.decision, row.tip): row.propensity for row in world.rows(SERVED)}
    answered = [(made["decision"], tip["tip"]) for made in served for tip in made["tips"]]
    assert len(answered) == 2 * len(served)
    assert all(0 < rows[each] <= 1 for each in answered)
