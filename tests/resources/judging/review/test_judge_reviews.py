"""Flags of judges, the pace of rounds and judges side by side, over rounds that are really answered."""

from typing import Any

import pytest

from contracts.judge_reviews import JudgeAgreement
from contracts.paging import PageRequest
from contracts.refusals import Conflict, InvalidInput, NotFound
from resources.judging.review.judge_reviews import LakeJudgeReviews
from tests.resources.judging.experiment import NAME


@pytest.fixture
def reviews(setup: Any) -> LakeJudgeReviews:
    """Over the rounds of the setup."""
    return LakeJudgeReviews(setup.context, setup.engine, setup.rounds.answerable)


def test_a_flag_is_no_answer_and_admins_see_what_it_is_about(setup: Any, reviews: LakeJudgeReviews) -> None:
    """Flagged again it is one flag with the last words; taken back it is gone; the item stays unanswered."""
    round_id, anna = setup.open(), setup.callers["anna"]
    first, second = setup.items(round_id)[:2]
    reviews.flag(round_id, first, "names a person", anna)
    reviews.flag(round_id, second, "cut off?", anna)
    reviews.flag(round_id, first, "names a real person", anna)
    (newest, oldest) = reviews.flags(PageRequest()).rows
    assert (newest.item, newest.reason, newest.judge, oldest.item) == (first, "names a real person", "anna", second)
    shown = setup.rounds.items(round_id, PageRequest(first=1), anna).rows[0]
    assert (newest.tip, newest.scenario) == (shown.tip, shown.scenario)
    assert setup.rounds.round(round_id, anna).answered == 0
    assert reviews.flag(round_id, first, None, anna) is None
    assert reviews.flagged([first, second]) == [None, "cut off?"]


def test_flags_come_in_pages_of_an_experiment(setup: Any, reviews: LakeJudgeReviews) -> None:
    """Newest first, each once; an experiment without flags has none."""
    round_id, anna = setup.open(), setup.callers["anna"]
    items = setup.items(round_id)[:3]
    for item in items:
        reviews.flag(round_id, item, "?", anna)
    first = reviews.flags(PageRequest(first=2, where={"experiment": NAME}))
    rest = reviews.flags(PageRequest(first=2, after=first.keys[-1], where={"experiment": NAME}))
    assert [flag.item for flag in (*first.rows, *rest.rows)] == items[::-1]
    assert (first.more, rest.more) == (True, False)
    assert reviews.flags(PageRequest(where={"experiment": "tip-bench-other"})).rows == []
    with pytest.raises(InvalidInput):
        reviews.flags(PageRequest(where={"judge": "anna"}))


def test_only_the_judge_flags_and_only_in_an_open_round(setup: Any, reviews: LakeJudgeReviews) -> None:
    """Another judge's round is not there, a closed one takes none, and a reason is needed."""
    round_id, anna = setup.open(), setup.callers["anna"]
    item = setup.items(round_id)[0]
    with pytest.raises(NotFound):
        reviews.flag(round_id, item, "mine?", setup.callers["ben"])
    for reason in (" ", "x" * 2_001):
        with pytest.raises(InvalidInput):
            reviews.flag(round_id, item, reason, anna)
    setup.rounds.close(round_id, setup.callers["admin"])
    with pytest.raises(Conflict):
        reviews.flag(round_id, item, "late", anna)
    assert reviews.flags(PageRequest()).rows == []


def test_a_round_says_how_fast_it_goes(setup: Any, reviews: LakeJudgeReviews) -> None:
    """By its own answers; a round without one has no pace, and neither has one that nobody knows."""
    mine, theirs = setup.open(), setup.open("ben")
    for item in setup.items(mine)[:5]:
        setup.time += 12
        setup.say(mine, item, 3)
    found, *others = reviews.paces([mine, theirs, "none"])
    assert found is not None
    assert found.seconds == pytest.approx(12, abs=0.1)
    assert others == [None, None]


def test_judges_are_set_side_by_side_by_tip(setup: Any, reviews: LakeJudgeReviews) -> None:
    """Their items have other ids and another order; what is not published, or not scored by both, does not count."""
    assert reviews.agreement(NAME) == JudgeAgreement(0, [])
    rounds = {judge: setup.open(judge) for judge in ("anna", "ben")}
    for judge, value in (("anna", 3), ("ben", 4)):
        for item in setup.items(rounds[judge], setup.callers[judge]):
            setup.say(rounds[judge], item, value, setup.callers[judge])
    assert reviews.agreement(NAME) == JudgeAgreement(0, [])
    setup.publish()
    found = reviews.agreement(NAME)
    (pair,) = found.pairs
    assert found.n_judges == 2
    assert (pair.first, pair.second) == ("anna", "ben")
    assert pair.n == len(setup.bench.scores().current()) // 2
    assert [(each.criterion, each.exact, each.adjacent, each.mean_difference) for each in pair.criteria] == [
        ("clear", 0.0, 1.0, 1.0),
        ("kind", 0.0, 1.0, 1.0),
    ]
    with pytest.raises(NotFound):
        reviews.agreement("tip-bench-none")
