"""Tips with what judges made of them."""

import pytest

from contracts.paging import PageRequest
from contracts.refusals import InvalidInput, NotFound
from resources.admin.judged_tips import MOST_WORDS, SORTS, LakeTips
from resources.bench_context import BenchContext
from tests.resources.admin.conftest import NAME


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_small_pages_together_are_the_large_one(published: BenchContext, sort: str, descending: bool) -> None:
    """In every order, ties and unknown values included; the count is that of the whole list."""
    tips, after, found = LakeTips(published.home), None, []
    whole = tips.page(NAME, PageRequest(first=1000, sort=sort, descending=descending))
    while True:
        page = tips.page(NAME, PageRequest(first=7, after=after, sort=sort, descending=descending))
        found += page.rows
        if not page.more:
            break
        after = page.keys[-1]
    assert found == whole.rows
    assert page.count is not None
    assert page.count() == len(found) > 7


def test_the_worst_come_first_and_each_has_its_judges_score(published: BenchContext) -> None:
    """A tip's score is the mean over the one judge who has scored; with one judge there is no disagreement."""
    page = LakeTips(published.home).page(NAME, PageRequest(first=1000, sort="score"))
    scores = [row.score for row in page.rows]
    assert None not in scores
    assert scores == sorted(scores, key=lambda score: score or 0.0)
    assert {(row.n_judges, row.disagreement) for row in page.rows} == {(1, None)}


def test_a_situation_has_all_cells_and_every_judgement(published: BenchContext) -> None:
    """The scenario as judges see it, a tip of every cell in grid order, criteria by name."""
    tips = LakeTips(published.home)
    first = tips.page(NAME, PageRequest(first=1)).rows[0]
    found = tips.situation(NAME, first.scenario_id)
    assert found.data
    assert {tip.prompt for tip in found.tips} == {"coach", "terse"}
    assert found.n_tips == len(found.tips) == 4
    (judgement,) = found.tips[0].judgements
    assert judgement.judge == "heuristics"
    assert judgement.score == found.tips[0].score
    assert [name for name, value in judgement.criteria.items() if value is None] == ["keeps_limits"]  # no program knows
    assert found.tips[0].raw


def test_words_are_looked_for_in_tip_scenario_and_cell(published: BenchContext) -> None:
    """Every word has to stand somewhere; what is no word of SQL is only text."""
    tips = LakeTips(published.home)
    everything = tips.page(NAME, PageRequest(first=1000)).rows

    def found(search: str) -> set[str]:
        return {row.id for row in tips.page(NAME, PageRequest(first=1000, where={"search": search})).rows}

    some = everything[0]
    assert some.text is not None
    assert some.id in found(some.text.upper())
    assert found("terse") == {row.id for row in everything if row.prompt == "terse"}
    assert found(f"terse {some.scenario_id}") == {
        row.id for row in everything if (row.prompt, row.scenario_id) == ("terse", some.scenario_id)
    }
    assert found("'; drop table candidates; --") == found("%") == set()


def test_those_that_failed_can_be_had_alone(published: BenchContext) -> None:
    """None has failed here, so that the others are all."""
    tips = LakeTips(published.home)
    assert tips.page(NAME, PageRequest(where={"failed": True})).rows == []
    assert len(tips.page(NAME, PageRequest(where={"failed": False}, first=1000)).rows) > 0


def test_what_is_unknown_is_refused(published: BenchContext) -> None:
    """An order, a filter, a scenario and an experiment that are not there."""
    tips = LakeTips(published.home)
    with pytest.raises(InvalidInput, match="sort is 'text'"):
        tips.page(NAME, PageRequest(sort="text"))
    with pytest.raises(InvalidInput, match="filter 'raw'"):
        tips.page(NAME, PageRequest(where={"raw": "x"}))
    with pytest.raises(NotFound, match="no scenario"):
        tips.situation(NAME, "none")
    for name in ("tip-bench-none", "../x"):
        with pytest.raises(NotFound, match="no experiment"):
            tips.page(name, PageRequest())


def test_a_search_has_a_bounded_number_of_words(published: BenchContext) -> None:
    """Each costs a look at every tip and scenario."""
    tips = LakeTips(published.home)
    assert tips.page(NAME, PageRequest(first=1, where={"search": "e " * MOST_WORDS})).rows
    with pytest.raises(InvalidInput) as refused:
        tips.page(NAME, PageRequest(where={"search": "e " * (MOST_WORDS + 1)}))
    assert refused.value.path == ("where", "search")
