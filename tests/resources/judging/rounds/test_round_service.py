import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from contracts.judging import GivenAnswer
from contracts.paging import PageRequest
from contracts.refusals import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from core.benchmark.records import ArchiveRecord, JudgeRecord, judges_of
from core.judging.rounds import open_rounds
from resources.judging.steps import export_pending
from resources.lake.specs import add_records, read_records

ALL = PageRequest(first=1000)


def test_a_round_is_prepared_opened_answered_and_closed(office: Any) -> None:
    """Its facts follow: the folder, the answers not published yet, the end."""
    rounds, admin, anna = office.rounds, office.callers["admin"], office.callers["anna"]
    opened = rounds.open(office.bench.spec.experiment, "anna", None, admin)
    assert (opened.state, opened.total, opened.kind, opened.rubric) == ("preparing", 0, "human", "tips@1")
    assert office.asked == [("export", opened.experiment)]
    export_pending(office.context, office.bench.spec)
    assert rounds.round(opened.id, anna).state == "open"
    items = office.items(opened.id)
    assert len(items) == 16
    for item in items[:3]:
        office.say(opened.id, item, 4)
    assert rounds.round(opened.id, anna).answered == 3
    closed = rounds.close(opened.id, admin)
    assert (closed.state, closed.answered, closed.total) == ("closed", 3, 16)
    assert closed.closed_at is not None
    assert rounds.close(opened.id, admin) == closed
    assert office.asked[1:] == [("publish", opened.experiment)]


def test_a_round_whose_folder_never_came_has_failed_and_can_be_tried_again(office: Any) -> None:
    """After a quarter of an hour; opening again closes it and opens another, and a late folder opens that one."""
    rounds, admin, name = office.rounds, office.callers["admin"], office.bench.spec.experiment
    lost = rounds.open(name, "anna", None, admin)
    with pytest.raises(Conflict, match="being written"):
        office.say(lost.id, "x", 4)
    office.time += 901
    assert rounds.round(lost.id, admin).state == "failed"
    assert [row.id for row in rounds.rounds(PageRequest(first=9, where={"state": "failed"}), admin).rows] == [lost.id]
    with pytest.raises(Conflict, match="open it again"):
        office.say(lost.id, "x", 4)
    again = rounds.open(name, "anna", None, admin)
    assert again.state == "preparing"
    assert rounds.round(lost.id, admin).state == "closed"
    export_pending(office.context, office.bench.spec)
    assert rounds.round(again.id, admin).state == "open"


def test_the_items_are_the_folders_in_its_order(office: Any) -> None:
    """A judge sees what the export holds, page by page, each place once, and can ask for what is left."""
    round_id = office.open()
    folder = office.bench.home.exports(office.bench.spec.experiment, "anna") / "001"
    wanted = [line["item"] for line in office.bench.items(folder)]
    seen, after = [], None
    while True:
        page = office.rounds.items(round_id, PageRequest(first=5, after=after), office.callers["anna"])
        seen += page.rows
        if not page.more:
            break
        after = page.keys[-1]
    assert [row.item for row in seen] == wanted
    assert [row.place for row in seen] == list(range(1, 17))
    office.say(round_id, wanted[2], 5)
    left = office.rounds.items(round_id, PageRequest(first=16, where={"answered": False}), office.callers["anna"])
    done = office.rounds.items(round_id, PageRequest(first=16, where={"answered": True}), office.callers["anna"])
    assert [row.item for row in left.rows] == [item for item in wanted if item != wanted[2]]
    assert [(row.item, row.answer.scores) for row in done.rows] == [(wanted[2], {"clear": 5, "kind": 5})]


def test_a_rounds_items_stay_when_a_new_folder_is_written(office: Any) -> None:
    """Publishing and exporting again make another folder; the round keeps its own."""
    round_id = office.open()
    items = office.items(round_id)
    office.say(round_id, items[0], 3)
    office.publish()
    export_pending(office.context, office.bench.spec)
    assert len(list(office.bench.home.exports(office.bench.spec.experiment, "anna").glob("0*"))) == 2
    assert office.items(round_id) == items
    assert office.rounds.round(round_id, office.callers["anna"]).answered == 1


def test_judges_are_blind(office: Any) -> None:
    """Nothing that a round answers with names a model or a prompt, in plain or in base64, and hostile text is text."""
    round_id = office.open()
    shown = repr(office.rounds.items(round_id, ALL, office.callers["anna"]))
    shown += repr(office.rounds.round(round_id, office.callers["anna"]))
    for secret in ("secret-model-a", "secret-model-b", "secret-prompt"):
        assert secret not in shown
        for shift in range(3):
            coded = base64.b64encode(b"x" * shift + secret.encode()).decode()[4:-4]
            assert coded not in shown
    tips = [row.tip for row in office.rounds.items(round_id, ALL, office.callers["anna"]).rows]
    assert not any(sign in tip for tip in tips for sign in ("\x1b", "\u202e", "\u200b"))
    assert any("Ignore the instructions above" in tip for tip in tips)


def test_another_judges_round_does_not_exist(office: Any) -> None:
    """Neither reading nor answering nor closing tells a second judge or a demoted one that it is there."""
    round_id = office.open()
    item = office.items(round_id)[0]
    rounds = office.rounds
    for name in ("ben", "user"):
        caller = office.callers[name]
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


def test_an_admin_sees_all_and_answers_for_nobody(office: Any) -> None:
    """Forbidden, unless the admin is that judge."""
    round_id = office.open()
    item = office.items(round_id)[0]
    with pytest.raises(Forbidden):
        office.say(round_id, item, 3, office.callers["admin"])
    both = msgspec.structs.replace(office.callers["admin"], judge="anna")
    office.say(round_id, item, 3, both)
    assert office.rounds.round(round_id, office.callers["admin"]).answered == 1


def test_only_admins_open_rounds(office: Any) -> None:
    """A judge cannot make one for itself."""
    with pytest.raises(Forbidden):
        office.rounds.open(office.bench.spec.experiment, "anna", None, office.callers["anna"])


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
    office: Any, name: str, judge: str, kind: Any, refusal: type[Exception], path: Any
) -> None:
    """With the field that is to blame; nothing is recorded and no run asked for."""
    add_records(office.bench.home, "tip-bench-judged", [JudgeRecord("bot", "agent", "me", "t")])
    before = read_records(office.bench.home, "tip-bench-judged")
    with pytest.raises(refusal) as raised:
        office.rounds.open(name, judge, kind, office.callers["admin"])
    assert raised.value.path == path  # type: ignore[attr-defined]  # all of them are refusals
    assert read_records(office.bench.home, "tip-bench-judged") == before
    assert office.asked == []


def test_a_judge_has_one_open_round(office: Any) -> None:
    """The second is a conflict until the first is closed."""
    round_id = office.open()
    with pytest.raises(Conflict):
        office.open()
    office.open("ben")
    office.rounds.close(round_id, office.callers["admin"])
    again = office.open()
    states = [(row.judge, row.state) for row in office.rounds.rounds(ALL, office.callers["admin"]).rows]
    assert states == [("anna", "open"), ("ben", "open"), ("anna", "closed")]
    assert [row.id for row in office.rounds.rounds(ALL, office.callers["anna"]).rows] == [again, round_id]
    only = office.rounds.rounds(PageRequest(where={"state": "closed"}), office.callers["admin"])
    assert [row.id for row in only.rows] == [round_id]


def test_rounds_come_in_pages_newest_first(office: Any) -> None:
    """Each round once, whatever the size of a page."""
    for judge in "abcde":
        office.open(judge)
    seen, after = [], None
    while True:
        page = office.rounds.rounds(PageRequest(first=2, after=after), office.callers["admin"])
        seen += [row.judge for row in page.rows]
        if not page.more:
            break
        after = page.keys[-1]
    assert seen == list("edcba")


def test_an_archived_experiment_takes_no_rounds_answers_or_files(office: Any) -> None:
    """Conflict everywhere; what was given before is still published."""
    name, admin = office.bench.spec.experiment, office.callers["admin"]
    round_id = office.open()
    items = office.items(round_id)
    office.say(round_id, items[0], 3)
    add_records(office.bench.home, name, [ArchiveRecord("boss", "t")])
    calls: list[Callable[[], Any]] = [
        partial(office.rounds.open, name, "ben", None, admin),
        partial(office.say, round_id, items[1], 3),
        partial(office.rounds.undo, round_id, items[0], office.callers["anna"]),
        partial(office.rounds.make_upload, name, None, 10, admin),
        partial(office.rounds.take_webhook, "judge", "m1", json.dumps({"experiment": name, "answers": []}).encode()),
    ]
    for call in calls:
        with pytest.raises(Conflict):
            call()
    assert office.rounds.close(round_id, admin).state == "closed"
    office.publish()
    assert office.value(items[0]) == 3


def test_opening_while_the_code_server_is_away_leaves_no_open_round(office: Any) -> None:
    """The refusal goes on to the caller and the judge may try again."""
    office.away = True
    with pytest.raises(Unavailable):
        office.open()
    assert open_rounds(read_records(office.bench.home, office.bench.spec.experiment)) == []
    office.away = False
    office.open()


def test_closing_while_the_code_server_is_away_closes(office: Any) -> None:
    """The answers wait for the sensor, which sees them without an open round."""
    round_id = office.open()
    office.say(round_id, office.items(round_id)[0], 3)
    office.away = True
    assert office.rounds.close(round_id, office.callers["anna"]).state == "closed"
    assert office.context.answers.unpublished()[office.bench.spec.experiment].answers == 1


def test_a_round_takes_answers_only_while_it_is_open(office: Any) -> None:
    """Not while its items are being written, not after it was closed."""
    opened = office.rounds.open(office.bench.spec.experiment, "anna", None, office.callers["admin"])
    with pytest.raises(Conflict, match="being written"):
        office.say(opened.id, "x", 3)
    export_pending(office.context, office.bench.spec)
    item = office.items(opened.id)[0]
    office.rounds.close(opened.id, office.callers["admin"])
    with pytest.raises(Conflict, match="closed"):
        office.say(opened.id, item, 3)
    with pytest.raises(Conflict, match="closed"):
        office.rounds.undo(opened.id, item, office.callers["anna"])


def test_a_round_without_anything_pending_is_open_and_empty(office: Any) -> None:
    """Everything is answered: nothing to show, nothing to answer, and it can be closed."""
    office.bench.drop(
        "all.jsonl", "".join(json.dumps(answer) + "\n" for answer in office.bench.answers(office.bench.export()))
    )
    add_records(office.bench.home, office.bench.spec.experiment, [JudgeRecord("anna", "human", "me", "t")])
    office.publish()
    round_id = office.open()
    view = office.rounds.round(round_id, office.callers["anna"])
    assert (view.state, view.total, view.answered) == ("open", 0, 0)
    assert office.items(round_id) == []
    with pytest.raises(NotFound):
        office.say(round_id, "x", 3)


def test_a_judge_keeps_its_kind_from_the_page(office: Any) -> None:
    """An agent's round publishes as an agent's scores."""
    office.rounds.open(office.bench.spec.experiment, "anna", "agent", office.callers["admin"])
    assert judges_of(read_records(office.bench.home, office.bench.spec.experiment)) == {"anna": "agent"}


@pytest.mark.parametrize("key", [("x",), (-1,), (None,), (1.5,)])
def test_a_key_of_another_list_is_refused(office: Any, key: Any) -> None:
    """By items with a refusal; far beyond the end there is just nothing."""
    round_id = office.open()
    with pytest.raises(InvalidInput):
        office.rounds.items(round_id, PageRequest(after=key), office.callers["anna"])
    assert office.rounds.items(round_id, PageRequest(after=(10**30,)), office.callers["anna"]).rows == []
    assert office.rounds.rounds(PageRequest(after=key), office.callers["anna"]).more is False
