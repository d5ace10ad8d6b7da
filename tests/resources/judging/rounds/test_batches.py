import dataclasses
import shutil
from typing import Any

import sqlalchemy as sa

from core.judging.answers import Comparison
from resources.judging import inbox
from resources.judging.import_export import take_scores
from resources.judging.receiving.arrivals import receive
from resources.judging.rounds.batches import spelled
from resources.judging.rounds.page_answers import ItemPlace, PageAnswerTable
from resources.sql.tables import ANSWERS


def test_a_batch_is_the_same_however_often_it_is_asked_for(setup: Any) -> None:
    """Also when answers were given and taken back in between."""
    name, round_id = setup.bench.spec.experiment, setup.open()
    items = setup.items(round_id)
    for item in items[:4]:
        setup.say(round_id, item, 3)
    begun = setup.context.answers.batches(name)
    setup.say(round_id, items[0], 5)
    setup.rounds.undo(round_id, items[1], setup.callers["anna"])
    assert setup.context.answers.batches(name) == begun
    assert begun[0].data.count(b"\n") == 4


def test_each_judge_has_a_batch_of_its_own(setup: Any) -> None:
    """A file holds one judge's answers."""
    name = setup.bench.spec.experiment
    for judge in ("anna", "ben"):
        round_id = setup.open(judge)
        caller = setup.callers[judge]
        setup.say(round_id, setup.items(round_id, caller)[0], 3, caller)
    assert [batch.judge for batch in setup.context.answers.batches(name)] == ["anna", "ben"]
    assert len(setup.publish().accepted) == 2
    assert setup.context.answers.unpublished() == {}


def test_equal_answers_again_are_other_bytes(setup: Any) -> None:
    """Two batches of the same answer differ, and both are taken."""
    round_id = setup.open()
    item = setup.items(round_id)[0]
    for value in (3, 4, 3):
        setup.say(round_id, item, value)
        assert len(setup.publish().accepted) == 1
    assert setup.value(item) == 3
    assert spelled("0" * 15 + "5") == b" " * 61 + b"\t \t"


def test_answers_of_another_task_wait_for_the_version_that_offers_it(setup: Any) -> None:
    """A comparison that a later version saved is neither published as a rating, nor refused, nor shown."""
    name, round_id = setup.bench.spec.experiment, setup.open()
    first, second = setup.items(round_id)[:2]
    vote = Comparison(pair=second, rubric="tips@1", winner="tie")
    PageAnswerTable(setup.engine, setup.now).save(ItemPlace(name, round_id, "anna", second), vote, "u-anna")
    assert setup.context.answers.unpublished() == {}
    setup.say(round_id, first, 3)
    report = setup.publish()
    assert (len(report.accepted), report.rejected) == (1, {})
    assert setup.rounds.round(round_id, setup.callers["anna"]).answered == 1
    with setup.engine.connect() as connection:
        rows = connection.execute(sa.select(ANSWERS.c.task, ANSWERS.c.state).order_by(ANSWERS.c.id)).all()
    assert rows == [("comparison", "saved"), ("rating", "published")]


def test_a_begun_batch_is_finished_and_the_rest_is_taken_too(setup: Any) -> None:
    """One publishing run leaves nothing of what was saved before it began."""
    name, round_id = setup.bench.spec.experiment, setup.open()
    items = setup.items(round_id)
    setup.say(round_id, items[0], 3)
    setup.context.answers.batches(name)
    setup.say(round_id, items[1], 4)
    setup.say(round_id, items[0], 5)
    setup.publish()
    assert (setup.value(items[0]), setup.value(items[1])) == (5, 4)
    assert setup.context.answers.unpublished() == {}


def test_a_batch_taken_without_the_database_is_settled_later(setup: Any) -> None:
    """A run that does not see the database takes the file that a crash left; the next settles it, counted once."""
    name, round_id = setup.bench.spec.experiment, setup.open()
    item = setup.items(round_id)[0]
    setup.say(round_id, item, 3)
    batch = setup.context.answers.batches(name)[0]
    receive(setup.bench.home, name, inbox.page_file(batch.id), batch.data, batch.saved_at)
    alone = dataclasses.replace(setup.context, answers=None)
    assert len(take_scores(alone, setup.bench.spec).accepted) == 1
    assert setup.publish().repeated == [inbox.page_file(batch.id)]
    assert setup.context.answers.unpublished() == {}
    assert len(setup.bench.scores().history(item)) == 1


def test_a_batch_that_the_validator_refuses_is_not_offered_for_ever(setup: Any) -> None:
    """When the ledger of items was lost, the file is kept with its report, and the judge's items are open again."""
    name, round_id = setup.bench.spec.experiment, setup.open()
    setup.say(round_id, setup.items(round_id)[0], 3)
    shutil.rmtree(setup.bench.home.experiment(name) / "items")
    assert len(setup.publish().rejected) == 1
    assert setup.context.answers.unpublished() == {}
    assert setup.rounds.round(round_id, setup.callers["anna"]).answered == 0
    assert list((setup.bench.home.inbox(name) / "rejected").glob("page-*.report.txt"))
