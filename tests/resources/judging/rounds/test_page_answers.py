import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contracts.judging import GivenAnswer
from contracts.paging import PageRequest
from contracts.refusals import Conflict, InvalidInput, NotFound
from resources.judging.rounds import page_answers
from resources.judging.rounds.batches import AnswerBatches
from resources.judging.rounds.page_answers import WITHDRAWN
from resources.judging.upload_limits import QuotaUsed
from resources.sql.engine import open_engine


def _shown(setup: Any, round_id: str, item: str) -> Any:
    rows = setup.rounds.items(round_id, PageRequest(first=1000), setup.callers["anna"]).rows
    answer = next(row.answer for row in rows if row.item == item)
    return None if answer is None else answer.unscorable or answer.scores["clear"]


def test_a_later_answer_supersedes(setup: Any) -> None:
    """Autosaving one item many times publishes the last; nothing else is touched."""
    round_id = setup.open()
    first, second = setup.items(round_id)[:2]
    for value in (1, 2, 3, 5):
        setup.say(round_id, first, value)
    setup.say(round_id, second, 2)
    assert _shown(setup, round_id, first) == 5
    report = setup.publish()
    assert len(report.accepted) == 1
    assert (setup.value(first), setup.value(second)) == (5, 2)
    assert len(setup.bench.scores().history(first)) == 1


def test_an_item_takes_so_many_answers(setup: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stays for good, withdrawn or published ones too; other items take theirs, and the last one counts."""
    monkeypatch.setattr(page_answers, "MOST_ANSWERS", 4)
    round_id = setup.open()
    first, second = setup.items(round_id)[:2]
    for value in (1, 2, 3):
        setup.say(round_id, first, value)
    setup.rounds.undo(round_id, first, setup.callers["anna"])
    setup.publish()
    setup.say(round_id, first, 4)
    with pytest.raises(QuotaUsed) as refused:
        setup.say(round_id, first, 5)
    assert (refused.value.code, refused.value.path) == ("RATE_LIMITED", ("item",))
    setup.say(round_id, second, 5)
    assert (_shown(setup, round_id, first), _shown(setup, round_id, second)) == (4, 5)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"scores": {"clear": 6, "kind": 3}}, ("scores", "clear")),
        ({"scores": {"clear": 3}}, ("scores", "kind")),
        ({"scores": {"clear": 3, "kind": 3, "more": 3}}, ("scores", "more")),
        ({"scores": {"clear": float("nan"), "kind": 3}}, ("scores", "clear")),
        ({"scores": {"clear": float("inf"), "kind": 3}}, ("scores", "clear")),
        ({}, ("scores",)),
        ({"scores": {"clear": 3, "kind": 3}, "unscorable": "both"}, ("unscorable",)),
        ({"unscorable": "  "}, ("unscorable",)),
        ({"unscorable": "x" * 10_001}, ("unscorable",)),
        ({"unscorable": "x", "comment": "x" * 10_001}, ("comment",)),
        ({"unscorable": "\ud800"}, ()),
    ],
)
def test_an_answer_passes_the_validator_of_files(setup: Any, given: Any, path: Any) -> None:
    """What a file may not hold a page may not either; the field is named and nothing is stored."""
    round_id = setup.open()
    item = setup.items(round_id)[0]
    with pytest.raises(InvalidInput) as raised:
        setup.rounds.submit(round_id, GivenAnswer(item=item, **given), setup.callers["anna"])
    assert raised.value.path == path
    assert setup.context.answers.unpublished() == {}


def test_an_item_of_another_round_is_not_found(setup: Any) -> None:
    """Another judge's item, or none at all."""
    anna, ben = setup.open(), setup.open("ben")
    theirs = setup.items(ben, setup.callers["ben"])[0]
    for item in (theirs, "nobody"):
        with pytest.raises(NotFound):
            setup.say(anna, item, 3)
        with pytest.raises(NotFound):
            setup.rounds.undo(anna, item, setup.callers["anna"])


def test_undo_before_publishing_leaves_no_trace_in_the_scores(setup: Any) -> None:
    """The answer before it is in force again, then none; with none there is nothing to take back."""
    round_id, anna = setup.open(), setup.callers["anna"]
    item = setup.items(round_id)[0]
    setup.say(round_id, item, 2)
    setup.say(round_id, item, 4)
    assert setup.rounds.undo(round_id, item, anna).scores == {"clear": 2, "kind": 2}
    assert _shown(setup, round_id, item) == 2
    assert setup.rounds.undo(round_id, item, anna) is None
    assert _shown(setup, round_id, item) is None
    assert setup.rounds.round(round_id, anna).answered == 0
    with pytest.raises(Conflict):
        setup.rounds.undo(round_id, item, anna)
    setup.publish()
    assert setup.value(item) is None


def test_undo_of_a_published_answer_supersedes_it(setup: Any) -> None:
    """The one before it is published again, though its bytes were once before; then it is withdrawn."""
    round_id, anna = setup.open(), setup.callers["anna"]
    item = setup.items(round_id)[0]
    for value in (2, 4):
        setup.say(round_id, item, value)
        setup.publish()
    assert setup.value(item) == 4
    assert setup.rounds.undo(round_id, item, anna).scores == {"clear": 2, "kind": 2}
    assert _shown(setup, round_id, item) == 2
    setup.publish()
    assert setup.value(item) == 2
    assert setup.rounds.undo(round_id, item, anna).unscorable == WITHDRAWN
    setup.publish()
    assert setup.value(item) == WITHDRAWN
    with pytest.raises(Conflict):
        setup.rounds.undo(round_id, item, anna)
    setup.say(round_id, item, 2)
    setup.publish()
    assert setup.value(item) == 2
    assert [row["unscorable"] or row["score.clear"] for row in setup.bench.scores().history(item)] == [
        2, 4, 2, WITHDRAWN, 2,
    ]  # fmt: skip
    assert setup.rounds.undo(round_id, item, anna).unscorable == WITHDRAWN


def test_two_undos_before_the_next_publication_count_as_two(setup: Any) -> None:
    """The second takes back what the first restored."""
    round_id, anna = setup.open(), setup.callers["anna"]
    item = setup.items(round_id)[0]
    for value in (1, 2, 3):
        setup.say(round_id, item, value)
        setup.publish()
    setup.rounds.undo(round_id, item, anna)
    assert setup.rounds.undo(round_id, item, anna).scores == {"clear": 1, "kind": 1}
    setup.publish()
    assert setup.value(item) == 1


def test_undo_on_the_way_into_the_scores_is_published_after_it(setup: Any) -> None:
    """A batch keeps its bytes once it is begun; taking back comes in the next."""
    round_id, anna = setup.open(), setup.callers["anna"]
    item = setup.items(round_id)[0]
    setup.say(round_id, item, 4)
    begun = setup.context.answers.batches(setup.bench.spec.experiment)
    assert setup.rounds.undo(round_id, item, anna).unscorable == WITHDRAWN
    assert setup.context.answers.batches(setup.bench.spec.experiment) == begun
    setup.publish()
    assert setup.value(item) == WITHDRAWN
    assert len(setup.bench.scores().history(item)) == 2


def test_a_file_and_a_page_supersede_each_other_by_time(setup: Any, lines: Any) -> None:
    """A file dropped after an answer wins, though both are taken in one run; the page then shows the file's."""
    round_id, anna = setup.open(), setup.callers["anna"]
    item = setup.items(round_id)[0]
    answer = {"item": item, "rubric": "tips@1", "scores": {"clear": 1, "kind": 1}, "comment": "from a file"}
    setup.say(round_id, item, 4)
    late = setup.bench.drop("late.jsonl", lines([answer]))
    os.utime(late, (setup.time + 5, setup.time + 5))
    setup.publish()
    assert setup.value(item) == 1
    rows = setup.rounds.items(round_id, PageRequest(), anna).rows
    assert rows[0].answer.comment == "from a file"
    with pytest.raises(Conflict, match="file"):
        setup.rounds.undo(round_id, item, anna)
    setup.time += 10
    setup.say(round_id, item, 5)
    assert setup.rounds.undo(round_id, item, anna).scores == {"clear": 1, "kind": 1}
    setup.say(round_id, item, 5)
    setup.publish()
    assert setup.value(item) == 5
    assert setup.rounds.undo(round_id, item, anna).scores == {"clear": 1, "kind": 1}


def test_an_answer_is_on_the_disk_before_the_judge_hears_of_it(setup: Any) -> None:
    """Another connection to the same database sees it, and every commit is synchronized."""
    round_id = setup.open()
    setup.say(round_id, setup.items(round_id)[0], 3)
    other = open_engine(str(setup.engine.url))
    assert AnswerBatches(other, lambda: "0" * 16).unpublished()[setup.bench.spec.experiment].answers == 1
    statements = {"sqlite": ("PRAGMA synchronous", 2), "postgresql": ("SHOW synchronous_commit", "on")}
    statement, answer = statements[other.dialect.name]
    with other.connect() as connection:
        assert connection.exec_driver_sql(statement).scalar() == answer
    other.dispose()


def test_hostile_comments_stay_text(setup: Any) -> None:
    """Quotes, line ends, NUL and scripts come back as they were given, through database, file and Parquet."""
    round_id = setup.open()
    item = setup.items(round_id)[0]
    text = 'a"b\n{"item":"x"}\u2028\x00<script>\'; drop table bench_answers; --'
    given = GivenAnswer(item=item, scores={"clear": 3, "kind": 3}, comment=text)
    assert setup.rounds.submit(round_id, given, setup.callers["anna"]).comment == text
    setup.publish()
    assert setup.bench.scores().current().to_pylist()[0]["comment"] == text
    assert json.loads(next((setup.bench.home.inbox("tip-bench-judged") / "imported").iterdir()).read_text().strip())


def test_judging_while_publishing_loses_nothing_and_counts_nothing_twice(setup: Any) -> None:
    """Four threads answer, correct and take back their own few items while runs publish; the last word counts."""
    round_id, anna = setup.open(), setup.callers["anna"]
    items = setup.items(round_id)
    wanted: dict[str, Any] = {}

    def judge(own: list[str], seed: int) -> None:
        random_bytes = random.Random(seed)  # noqa: S311  # no secret
        for _ in range(20):
            item = random_bytes.choice(own)
            if item in wanted and random_bytes.random() < 0.3:
                setup.rounds.undo(round_id, item, anna)
                wanted.pop(item)
            value = random_bytes.randint(1, 5)
            setup.say(round_id, item, value)
            wanted[item] = value

    with ThreadPoolExecutor(4) as pool:
        judging = [pool.submit(judge, items[n::4], n) for n in range(4)]
        while not all(thread.done() for thread in judging):
            setup.publish()
        for thread in judging:
            thread.result()
    setup.publish()
    assert {item: setup.value(item) for item in wanted} == wanted
    for item in items:
        given = [row["source"] for row in setup.bench.scores().history(item)]
        assert len(given) == len(set(given))
    assert setup.context.answers.unpublished() == {}
