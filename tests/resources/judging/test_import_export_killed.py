import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.paging import PageRequest
from resources.judging.inbox import pending
from tests.killed_steps import killed_steps
from tests.resources.judging.experiment import Bench
from tests.resources.judging.rounds.rounds_setup import RoundsSetup, open_rounds

pytestmark = pytest.mark.slow
MOST_STEPS = 40


@pytest.fixture
def setup(bench: Bench) -> Iterator[RoundsSetup]:
    """The database lies in the home, so that both are copied together."""
    yield from open_rounds(bench, f"sqlite:///{bench.home.database}")


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[[Path, int], int]]:
    """Publishes a home's answers in a process that dies before a step, and gives its exit code."""
    with killed_steps("tests.resources.judging.killed_process") as found:
        yield found


def test_a_kill_at_any_step_loses_no_answer_and_counts_none_twice(setup: Any, lines: Any, run: Any) -> None:
    """The run dies before each of its steps in turn, the judge goes on, and the next run mends it."""
    home = setup.bench.home.root
    round_id = setup.open()
    items = setup.items(round_id)
    setup.say(round_id, items[0], 2)
    setup.publish()
    for place in (1, 2):
        setup.say(round_id, items[place], 4)
    setup.say(round_id, items[0], 3)
    setup.bench.drop("by-hand.jsonl", lines([_answer(item, 1) for item in items[10:12]]))
    setup.engine.dispose()
    saved = home.with_name("saved")
    shutil.copytree(home, saved)
    killed = 0
    for step in range(MOST_STEPS):
        shutil.rmtree(home)
        shutil.copytree(saved, home)
        code = run(home, step)
        killed += code == -signal.SIGKILL
        setup.say(round_id, items[3], 5)
        if step % 2:
            setup.say(round_id, items[1], 5)
        wanted = {items[0]: 3, items[1]: 5 if step % 2 else 4, items[2]: 4, items[3]: 5, items[10]: 1, items[11]: 1}
        shown = setup.rounds.items(round_id, PageRequest(first=4), setup.callers["anna"]).rows
        assert [row.answer.scores["clear"] for row in shown] == [wanted[item] for item in items[:4]], step
        setup.publish()
        rows = setup.bench.scores().current().to_pylist()
        assert {row["item"]: row["score.clear"] for row in rows} == wanted, step
        history = [row["score.clear"] for row in setup.bench.scores().history(items[0])]
        assert history == [2, 3], step
        assert setup.context.answers.unpublished() == {}
        assert pending(setup.bench.home, setup.bench.spec.experiment) == []
        setup.engine.dispose()
        if code == 0:
            break
        assert code == -signal.SIGKILL, step
    else:
        pytest.fail("the run never came to its end")
    assert killed >= 8


def test_kills_in_a_row_are_mended_too(setup: Any, run: Any) -> None:
    """Five runs die at seeded steps, one after the other, with answers given in between; the sixth publishes them."""
    round_id, random_bytes = setup.open(), random.Random(7)  # noqa: S311  # which step dies is no secret
    items = setup.items(round_id)
    wanted = {}
    for _ in range(5):
        for item in random_bytes.sample(items, 4):
            wanted[item] = random_bytes.randint(1, 5)
            setup.say(round_id, item, wanted[item])
        setup.engine.dispose()
        run(setup.bench.home.root, random_bytes.randrange(10))
    setup.publish()
    rows = setup.bench.scores().current().to_pylist()
    assert {row["item"]: row["score.clear"] for row in rows} == wanted
    for item in items:
        given = [row["source"] for row in setup.bench.scores().history(item)]
        assert len(given) == len(set(given))
    assert setup.context.answers.unpublished() == {}


def _answer(item: str, value: int) -> dict[str, Any]:
    return {"item": item, "rubric": "tips@1", "scores": {"clear": value, "kind": value}}
