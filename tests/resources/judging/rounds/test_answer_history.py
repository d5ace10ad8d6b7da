from typing import Any

import pytest

from contracts.refusals import Conflict
from resources.judging.rounds.answer_history import past_of
from resources.judging.rounds.page_answers import PageAnswerTable


def _table(setup: Any) -> PageAnswerTable:
    return PageAnswerTable(setup.engine, lambda: "2026-01-01T00:00:00Z")


def test_what_is_published_between_the_readings_is_no_other_answer(setup: Any) -> None:
    """A run that imports the page's answers while an undo reads neither fails it nor counts as a file of others."""
    round_id, spec = setup.open(), setup.bench.spec
    item = setup.items(round_id)[0]
    setup.say(round_id, item, 2)
    setup.publish()
    setup.say(round_id, item, 4)

    def files_after_a_publication() -> set[str]:
        setup.publish()
        return _table(setup).batch_files(spec.experiment, "anna", item)

    past = past_of(setup.bench.home, spec, item, files_after_a_publication, waits=True)
    assert past.others == []
    assert len(past.ranks) == 1
    assert setup.value(item) == 4


def test_an_answer_of_a_file_is_not_withdrawn_on_the_page(setup: Any, lines: Any) -> None:
    """One that is in force is a conflict; under a waiting answer of the page it is what comes back."""
    round_id, spec = setup.open(), setup.bench.spec
    item = setup.items(round_id)[0]
    setup.bench.drop(
        "anna.jsonl", lines([{"item": item, "rubric": "tips@1", "scores": {"clear": 1, "kind": 1}, "comment": None}])
    )
    setup.publish()
    with pytest.raises(Conflict, match="came in a file"):
        past_of(setup.bench.home, spec, item, set, waits=False)
    past = past_of(setup.bench.home, spec, item, set, waits=True)
    found = past.between(None, "a file of the page")
    assert found is not None
    assert found.scores == {"clear": 1, "kind": 1}
