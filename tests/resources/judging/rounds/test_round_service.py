import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from contracts.judging import GivenAnswer
from contracts.paging import InvalidCursor, PageRequest
from contracts.refusals import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from core.benchmark.records import ArchiveRecord, JudgeRecord, RoundOpened, judges_of
from core.judging.rounds import open_rounds
from core.judging.tasks import TaskNotOffered
from resources.collect.judges import record_judges
from resources.judging.import_export import export_pending
from resources.lake.specs import add_records, read_records

ALL = PageRequest(first=1000)


def test_a_round_is_prepared_opened_answered_and_closed(setup: Any) -> None:
    """Its facts follow: the folder, the answers not published yet, the end."""
    rounds, admin, anna = setup.rounds, setup.callers["admin"], setup.callers["anna"]
    opened = rounds.open(setup.bench.spec.experiment, "anna", None, admin)
    assert (opened.state, opened.total, opened.kind, opened.rubric.ref) == ("preparing", 0, "human", "tips@1")
    assert setup.requested == [("export", opened.experiment)]
    export_pending(setup.context, setup.bench.spec)
    assert rounds.round(opened.id, anna).state == "open"
    items = setup.items(opened.id)
    assert len(items) == 16
    for item in items[:3]:
        setup.say(opened.id, item, 4)
    assert rounds.round(opened.id, anna).answered == 3
    closed = rounds.close(opened.id, admin)
    assert (closed.state, closed.answered, closed.total) == ("closed", 3, 16)
    assert closed.closed_at is not None
    assert rounds.close(opened.id, admin) == closed
    assert setup.requested[1:] == [("publish", opened.experiment)]


def test_a_round_whose_folder_never_came_has_failed_and_can_be_tried_again(setup: Any) -> None:
    """After a quarter of an hour; opening again closes it and opens another, and a late folder opens that one."""
    rounds, admin, name = setup.rounds, setup.callers["admin"], setup.bench.spec.experiment
    lost = rounds.open(name, "anna", None, admin)
    with pytest.raises(Conflict, match="being written"):
        setup.say(lost.id, "x", 4)
    setup.time += 901
    assert rounds.round(lost.id, admin).state == "failed"
    assert [row.id for row in rounds.rounds(PageRequest(first=9, where={"state": "failed"}), admin).rows] == [lost.id]
    with pytest.raises(Conflict, match="open it again"):
        setup.say(lost.id, "x", 4)
    again = rounds.open(name, "anna", None, admin)
    assert again.state == "preparing"
    assert rounds.round(lost.id, admin).state == "closed"
    export_pending(setup.context, setup.bench.spec)
    assert rounds.round(again.id, admin).state == "open"


def test_the_items_are_the_folders_in_its_order(setup: Any) -> None:
    """A judge sees what the export holds, page by page, each place once, and can ask for what is left."""
    round_id = setup.open()
    folder = setup.bench.home.exports(setup.bench.spec.experiment, "anna") / "001"
    wanted = [line["item"] for line in setup.bench.items(folder)]
    seen, after = [], None
    while True:
        page = setup.rounds.items(round_id, PageRequest(first=5, after=after), setup.callers["anna"])
        seen += page.rows
        if not page.more:
            break
        after = page.keys[-1]
    assert [row.item for row in seen] == wanted
    assert [row.place for row in seen] == list(range(1, 17))
    setup.say(round_id, wanted[2], 5)
    left = setup.rounds.items(round_id, PageRequest(first=16, where={"answered": False}), setup.callers["anna"])
    done = setup.rounds.items(round_id, PageRequest(first=16, where={"answered": True}), setup.callers["anna"])
    assert [row.item for row in left.rows] == [item for item in wanted if item != wanted[2]]
    assert [(row.item, row.answer.scores) for row in done.rows] == [(wanted[2], {"clear": 5, "kind": 5})]


def test_a_rounds_items_stay_when_a_new_folder_is_written(setup: Any) -> None:
    """Publishing and exporting again make another folder; the round keeps its own."""
    round_id = setup.open()
    items = setup.items(round_id)
    setup.say(round_id, items[0], 3)
    setup.publish()
    export_pending(setup.context, setup.bench.spec)
    assert len(list(setup.bench.home.exports(setup.bench.spec.experiment, "anna").glob("0*"))) == 2
    assert setup.items(round_id) == items
    assert setup.rounds.round(round_id, setup.callers["anna"]).answered == 1


def test_judges_are_blind(setup: Any) -> None:
    """Nothing that a round answers with names a model or a prompt, in plain or in base64, and hostile text is text."""
    round_id = setup.open()
    shown = repr(setup.rounds.items(round_id, ALL, setup.callers["anna"]))
    shown += repr(setup.rounds.round(round_id, setup.callers["anna"]))
    for secret in ("secret-model-a", "secret-model-b", "secret-prompt"):
        assert secret not in shown
        for shift in range(3):
            coded = base64.b64encode(b"x" * shift + secret.encode()).decode()[4:-4]
            assert coded not in shown
    tips = [row.tip for row in setup.rounds.items(round_id, ALL, setup.callers["anna"]).rows]
    assert not any(sign in tip for tip in tips for sign in ("\x1b", "\u202e", "\u200b"))
    assert any("Ignore the instructions above" in tip for tip in tips)


def test_another_judges_round_does_not_exist(setup: Any) -> None:
    """Neither reading nor answering nor closing tells a second judge or a demoted one that it is there."""
    round_id = setup.open()
    item = setup.items(round_id)[0]
    rounds = setup.rounds
    for name in ("ben", "user"):
        caller = setup.callers[name]
        unknown = []
        for id_ in (round_id, "nothing"):
            calls: list[Callable[[], Any]] = [
                partial(rounds.round, id_, caller),
                partial(rounds.items, id_, ALL, caller),
                partial(rounds.close, id_, caller),
                partial(rounds.undo, id_, item, caller),
                partial(rounds.submit, id_, GivenAnswer(item=item, unscorable="x"), caller),
            ]
            for call in calls:
                with pytest.raises(NotFound) as refusal:
                    call()
                unknown.append(str(refusal.value))
        assert len(set(unknown)) == 1
        assert rounds.rounds(ALL, caller).rows == []


def test_an_admin_sees_all_and_answers_for_nobody(setup: Any) -> None:
    """Forbidden, unless the admin is that judge."""
    round_id = setup.open()
    item = setup.items(round_id)[0]
    with pytest.raises(Forbidden):
        setup.say(round_id, item, 3, setup.callers["admin"])
    both = msgspec.structs.replace(setup.callers["admin"], judge="anna")
    setup.say(round_id, item, 3, both)
    assert setup.rounds.round(round_id, setup.callers["admin"]).answered == 1


def test_only_admins_open_rounds(setup: Any) -> None:
    """A judge cannot make one for itself."""
    with pytest.raises(Forbidden):
        setup.rounds.open(setup.bench.spec.experiment, "anna", None, setup.callers["anna"])


@pytest.mark.parametrize(
    ("name", "judge", "kind", "refusal", "path"),
    [
        ("tip-bench-nobody", "anna", None, NotFound, ("experiment",)),
        ("../../etc", "anna", None, NotFound, ("experiment",)),
        ("tip-bench-judged", "no/such", None, InvalidInput, ("judge",)),
        ("tip-bench-judged", "", None, InvalidInput, ("judge",)),
        ("tip-bench-judged", "bot", "human", InvalidInput, ("kind",)),
        ("tip-bench-judged", "new", "robot", InvalidInput, ("kind",)),
        ("tip-bench-judged", "new", "program", InvalidInput, ("judge",)),
        ("tip-bench-judged", "heuristics", None, InvalidInput, ("judge",)),
    ],
)
def test_what_cannot_be_opened_is_refused(
    setup: Any, name: str, judge: str, kind: Any, refusal: type[Exception], path: Any
) -> None:
    """With the field that is to blame; nothing is recorded and no run asked for."""
    add_records(setup.bench.home, "tip-bench-judged", [JudgeRecord("bot", "agent", "me", "t")])
    before = read_records(setup.bench.home, "tip-bench-judged")
    with pytest.raises(refusal) as raised:
        setup.rounds.open(name, judge, kind, setup.callers["admin"])
    assert raised.value.path == path  # type: ignore[attr-defined]  # all of them are refusals
    assert read_records(setup.bench.home, "tip-bench-judged") == before
    assert setup.requested == []


def test_a_judge_on_record_for_comparisons_is_asked_nothing_here(setup: Any) -> None:
    """A round that a later version opened for it is not shown, a new one is refused, and the raters' rounds go on."""
    name, at = setup.bench.spec.experiment, "2026-01-01T00:00:00+00:00"
    pairs = JudgeRecord("pairs", "human", "me", at, "comparison")
    add_records(setup.bench.home, name, [pairs, RoundOpened("r1", "pairs", "me", at)])
    with pytest.raises(InvalidInput, match="comparing two tips is not offered yet") as raised:
        setup.rounds.open(name, "pairs", None, setup.callers["admin"])
    assert raised.value.path == ("judge",)
    setup.open()
    shown = setup.rounds.rounds(ALL, setup.callers["admin"]).rows
    assert [(row.judge, row.task) for row in shown] == [("anna", "rating")]
    assert not setup.bench.home.exports(name, "pairs").exists()
    with pytest.raises(TaskNotOffered):
        record_judges(setup.context, name, ["pairs"])


def test_a_judge_has_one_open_round(setup: Any) -> None:
    """The second is a conflict until the first is closed."""
    round_id = setup.open()
    with pytest.raises(Conflict):
        setup.open()
    setup.open("ben")
    setup.rounds.close(round_id, setup.callers["admin"])
    again = setup.open()
    states = [(row.judge, row.state) for row in setup.rounds.rounds(ALL, setup.callers["admin"]).rows]
    assert states == [("anna", "open"), ("ben", "open"), ("anna", "closed")]
    assert [row.id for row in setup.rounds.rounds(ALL, setup.callers["anna"]).rows] == [again, round_id]
    only = setup.rounds.rounds(PageRequest(where={"state": "closed"}), setup.callers["admin"])
    assert [row.id for row in only.rows] == [round_id]


def test_rounds_come_in_pages_newest_first(setup: Any) -> None:
    """Each round once, whatever the size of a page."""
    for judge in "abcde":
        setup.open(judge)
    seen, after = [], None
    while True:
        page = setup.rounds.rounds(PageRequest(first=2, after=after), setup.callers["admin"])
        seen += [row.judge for row in page.rows]
        if not page.more:
            break
        after = page.keys[-1]
    assert seen == list("edcba")


def test_an_archived_experiment_takes_no_rounds_answers_or_files(setup: Any) -> None:
    """Conflict everywhere; what was given before is still published."""
    name, admin = setup.bench.spec.experiment, setup.callers["admin"]
    round_id = setup.open()
    items = setup.items(round_id)
    setup.say(round_id, items[0], 3)
    add_records(setup.bench.home, name, [ArchiveRecord("boss", "t")])
    calls: list[Callable[[], Any]] = [
        partial(setup.rounds.open, name, "ben", None, admin),
        partial(setup.say, round_id, items[1], 3),
        partial(setup.rounds.undo, round_id, items[0], setup.callers["anna"]),
        partial(setup.uploads.make, name, None, 10, admin),
        partial(setup.webhooks.take, "judge", "m1", json.dumps({"experiment": name, "answers": []}).encode()),
    ]
    for call in calls:
        with pytest.raises(Conflict):
            call()
    assert setup.rounds.close(round_id, admin).state == "closed"
    setup.publish()
    assert setup.value(items[0]) == 3


def test_opening_while_the_code_server_is_away_leaves_no_open_round(setup: Any) -> None:
    """The refusal goes on to the caller and the judge may try again."""
    setup.away = True
    with pytest.raises(Unavailable):
        setup.open()
    assert open_rounds(read_records(setup.bench.home, setup.bench.spec.experiment)) == []
    setup.away = False
    setup.open()


def test_closing_while_the_code_server_is_away_closes(setup: Any) -> None:
    """The answers wait for the sensor, which sees them without an open round."""
    round_id = setup.open()
    setup.say(round_id, setup.items(round_id)[0], 3)
    setup.away = True
    assert setup.rounds.close(round_id, setup.callers["anna"]).state == "closed"
    assert setup.context.answers.unpublished()[setup.bench.spec.experiment].answers == 1


def test_a_round_takes_answers_only_while_it_is_open(setup: Any) -> None:
    """Not while its items are being written, not after it was closed."""
    opened = setup.rounds.open(setup.bench.spec.experiment, "anna", None, setup.callers["admin"])
    with pytest.raises(Conflict, match="being written"):
        setup.say(opened.id, "x", 3)
    export_pending(setup.context, setup.bench.spec)
    item = setup.items(opened.id)[0]
    setup.rounds.close(opened.id, setup.callers["admin"])
    with pytest.raises(Conflict, match="closed"):
        setup.say(opened.id, item, 3)
    with pytest.raises(Conflict, match="closed"):
        setup.rounds.undo(opened.id, item, setup.callers["anna"])


def test_a_round_without_anything_pending_is_open_and_empty(setup: Any) -> None:
    """Everything is answered: nothing to show, nothing to answer, and it can be closed."""
    setup.bench.drop(
        "all.jsonl", "".join(json.dumps(answer) + "\n" for answer in setup.bench.answers(setup.bench.export()))
    )
    add_records(setup.bench.home, setup.bench.spec.experiment, [JudgeRecord("anna", "human", "me", "t")])
    setup.publish()
    round_id = setup.open()
    view = setup.rounds.round(round_id, setup.callers["anna"])
    assert (view.state, view.total, view.answered) == ("open", 0, 0)
    assert setup.items(round_id) == []
    with pytest.raises(NotFound):
        setup.say(round_id, "x", 3)


def test_a_judge_keeps_its_kind_from_the_page(setup: Any) -> None:
    """An agent's round publishes as an agent's scores."""
    setup.rounds.open(setup.bench.spec.experiment, "anna", "agent", setup.callers["admin"])
    assert judges_of(read_records(setup.bench.home, setup.bench.spec.experiment)) == {"anna": "agent"}


@pytest.mark.parametrize("key", [("x",), (-1,), (None,), (1.5,)])
def test_a_key_of_another_list_is_refused(setup: Any, key: Any) -> None:
    """By items and by rounds; far beyond the end there is just nothing."""
    round_id = setup.open()
    with pytest.raises(InvalidInput):
        setup.rounds.items(round_id, PageRequest(after=key), setup.callers["anna"])
    assert setup.rounds.items(round_id, PageRequest(after=(10**18,)), setup.callers["anna"]).rows == []
    with pytest.raises(InvalidCursor):
        setup.rounds.items(round_id, PageRequest(after=(10**30,)), setup.callers["anna"])
    with pytest.raises(InvalidCursor):
        setup.rounds.rounds(PageRequest(after=key), setup.callers["anna"])
