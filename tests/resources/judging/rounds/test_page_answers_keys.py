"""Answers under a key: what a page sends twice, over a connection that was lost or from a queue, counts once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from contracts.judging import GivenAnswer
from contracts.paging import PageRequest
from contracts.refusals import Conflict, InvalidInput
from tests.deadline import DEADLINE_S


def _say(setup: Any, round_id: str, item: str, value: float, key: str | None) -> str:
    given = GivenAnswer(item=item, scores={"clear": value, "kind": value}, key=key)
    saved: str = setup.rounds.submit(round_id, given, setup.callers["anna"]).saved_at
    return saved


def _shown(setup: Any, round_id: str, item: str) -> float | None:
    rows = setup.rounds.items(round_id, PageRequest(first=1000), setup.callers["anna"]).rows
    answer = next(row.answer for row in rows if row.item == item)
    return None if answer is None else answer.scores["clear"]


def test_an_answer_sent_again_under_its_key_changes_nothing(setup: Any) -> None:
    """Also after a later answer, which it must not supersede; without a key each one counts."""
    round_id = setup.open()
    item, other = setup.items(round_id)[:2]
    first = _say(setup, round_id, item, 2, "a")
    _say(setup, round_id, item, 4, "b")
    assert _say(setup, round_id, item, 2, "a") == first
    assert _shown(setup, round_id, item) == 4
    _say(setup, round_id, other, 1, "a")
    assert _shown(setup, round_id, other) == 1
    _say(setup, round_id, item, 2, None)
    assert _shown(setup, round_id, item) == 2


def test_an_answer_sent_many_times_at_once_counts_once(setup: Any) -> None:
    """Every sender hears when the one was saved, and one undo takes it back."""
    round_id = setup.open()
    item = setup.items(round_id)[0]
    with ThreadPoolExecutor(8) as pool:
        times = list(pool.map(lambda _: _say(setup, round_id, item, 3, "a"), range(16)))
    assert len(set(times)) == 1
    assert setup.rounds.undo(round_id, item, setup.callers["anna"]) is None


def test_taking_an_answer_back_by_its_key_happens_once(setup: Any) -> None:
    """The same again leaves the answer before it in force; an answer given since is not taken back."""
    round_id = setup.open()
    item, caller = setup.items(round_id)[0], setup.callers["anna"]
    _say(setup, round_id, item, 2, "a")
    _say(setup, round_id, item, 4, "b")
    with pytest.raises(Conflict, match="answered again since"):
        setup.rounds.undo(round_id, item, caller, "a")
    for _ in range(2):
        left = setup.rounds.undo(round_id, item, caller, "b")
        assert left is not None
        assert left.scores == {"clear": 2, "kind": 2}
    setup.publish()
    assert setup.value(item) == 2


def test_taking_an_answer_back_many_times_at_once_happens_once(setup: Any) -> None:
    """Every sender hears of the answer before it, and nobody that it was answered again."""
    round_id = setup.open()
    item, caller, many = setup.items(round_id)[0], setup.callers["anna"], 8
    for key, value in (("a", 2), ("b", 4)):
        _say(setup, round_id, item, value, key)
    together = Barrier(many, timeout=DEADLINE_S)

    def undo(_: int) -> Any:
        together.wait()
        return setup.rounds.undo(round_id, item, caller, "b")

    with ThreadPoolExecutor(many) as pool:
        left = list(pool.map(undo, range(many)))
    assert [answer.scores["clear"] for answer in left] == [2] * many
    assert _shown(setup, round_id, item) == 2


@pytest.mark.parametrize("key", ["", "x" * 65, "ü", "a\nb"])
def test_a_key_is_short_and_printable(setup: Any, key: str) -> None:
    """Anything else is refused by name, and nothing is stored."""
    round_id = setup.open()
    item = setup.items(round_id)[0]
    for act in (
        lambda: _say(setup, round_id, item, 2, key),
        lambda: setup.rounds.undo(round_id, item, setup.callers["anna"], key),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert refused.value.path == ("key",)
    assert _shown(setup, round_id, item) is None


def test_items_can_begin_at_a_place(setup: Any) -> None:
    """With what comes after it by cursor, alone or among those without an answer."""
    round_id, caller = setup.open(), setup.callers["anna"]
    items = setup.items(round_id)
    _say(setup, round_id, items[2], 3, None)
    listed = setup.rounds.items(round_id, PageRequest(first=2, where={"place": 2}), caller)
    assert [row.place for row in listed.rows] == [2, 3]
    after = PageRequest(first=1, after=listed.keys[-1], where={"place": 2})
    assert [row.place for row in setup.rounds.items(round_id, after, caller).rows] == [4]
    free = PageRequest(first=2, where={"place": 2, "answered": False})
    assert [row.place for row in setup.rounds.items(round_id, free, caller).rows] == [2, 4]
    with pytest.raises(InvalidInput):
        setup.rounds.items(round_id, PageRequest(first=1, where={"place": 0}), caller)
