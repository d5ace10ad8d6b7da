import dataclasses
import shutil
from typing import Any

from resources.judging import inbox
from resources.judging.rounds.batches import spelled
from resources.judging.steps import take_scores


def test_a_batch_is_the_same_however_often_it_is_asked_for(office: Any) -> None:
    """Also when answers were given and taken back in between."""
    name, round_id = office.bench.spec.experiment, office.open()
    items = office.items(round_id)
    for item in items[:4]:
        office.say(round_id, item, 3)
    begun = office.context.answers.batches(name)
    office.say(round_id, items[0], 5)
    office.rounds.undo(round_id, items[1], office.callers["anna"])
    assert office.context.answers.batches(name) == begun
    assert begun[0].data.count(b"\n") == 4


def test_each_judge_has_a_batch_of_its_own(office: Any) -> None:
    """A file holds one judge's answers."""
    name = office.bench.spec.experiment
    for judge in ("anna", "ben"):
        round_id = office.open(judge)
        caller = office.callers[judge]
        office.say(round_id, office.items(round_id, caller)[0], 3, caller)
    assert [batch.judge for batch in office.context.answers.batches(name)] == ["anna", "ben"]
    assert len(office.publish().accepted) == 2
    assert office.context.answers.unpublished() == {}


def test_equal_answers_again_are_other_bytes(office: Any) -> None:
    """Two batches of the same answer differ, and both are taken."""
    round_id = office.open()
    item = office.items(round_id)[0]
    for value in (3, 4, 3):
        office.say(round_id, item, value)
        assert len(office.publish().accepted) == 1
    assert office.value(item) == 3
    assert spelled("0" * 15 + "5") == b" " * 61 + b"\t \t"


def test_a_begun_batch_is_finished_and_the_rest_is_taken_too(office: Any) -> None:
    """One publishing run leaves nothing of what was saved before it began."""
    name, round_id = office.bench.spec.experiment, office.open()
    items = office.items(round_id)
    office.say(round_id, items[0], 3)
    office.context.answers.batches(name)
    office.say(round_id, items[1], 4)
    office.say(round_id, items[0], 5)
    office.publish()
    assert (office.value(items[0]), office.value(items[1])) == (5, 4)
    assert office.context.answers.unpublished() == {}


def test_a_batch_taken_without_the_database_is_settled_later(office: Any) -> None:
    """A run that does not see the database takes the file that a crash left; the next settles it, counted once."""
    name, round_id = office.bench.spec.experiment, office.open()
    item = office.items(round_id)[0]
    office.say(round_id, item, 3)
    batch = office.context.answers.batches(name)[0]
    inbox.place(office.bench.home, name, inbox.page_file(batch.id), batch.data, batch.saved_at)
    alone = dataclasses.replace(office.context, answers=None)
    assert len(take_scores(alone, office.bench.spec).accepted) == 1
    assert office.publish().repeated == [inbox.page_file(batch.id)]
    assert office.context.answers.unpublished() == {}
    assert len(office.bench.scores().history(item)) == 1


def test_a_batch_that_the_validator_refuses_is_not_offered_for_ever(office: Any) -> None:
    """When the ledger of items was lost, the file is kept with its report, and the judge's items are open again."""
    name, round_id = office.bench.spec.experiment, office.open()
    office.say(round_id, office.items(round_id)[0], 3)
    shutil.rmtree(office.bench.home.experiment(name) / "items")
    assert len(office.publish().rejected) == 1
    assert office.context.answers.unpublished() == {}
    assert office.rounds.round(round_id, office.callers["anna"]).answered == 0
    assert list((office.bench.home.inbox(name) / "rejected").glob("page-*.report.txt"))
