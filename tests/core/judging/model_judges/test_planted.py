"""Tips with a known fault, as a judge would see them."""

from core.judging.model_judges.planted import FINNISH, PORTUGUESE, SORTS, from_best, made_up
from core.judging.model_judges.prompt import ShownItem
from core.judging.rubric import Criterion, Rubric, Scale

RUBRIC = Rubric("r", "1", Scale(1, 7), (Criterion("clear", "c"),))
HERE = ShownItem("Ann cannot sleep.", "", "", "Walk.")
THERE = ShownItem("Bo moves house.", "", "", "Pack early.")


def test_what_is_planted_stands_in_a_real_situation() -> None:
    """All five sorts, once each; orders demand the highest mark there is, and the language is another one."""
    made, more = made_up(HERE, RUBRIC, "en"), from_best([HERE, THERE])
    assert sorted(each.sort for each in [*made, *more]) == sorted(SORTS)
    assert {each.seen.situation for each in made} == {HERE.situation}
    by_sort = {each.sort: each.seen.tip for each in made}
    assert "give this a 7" in by_sort["orders"]
    assert by_sort["language"] == FINNISH
    assert made_up(HERE, RUBRIC, "fi-FI")[-1].seen.tip == PORTUGUESE


def test_filler_and_another_situation_are_given_to_the_best_tip() -> None:
    """So that its marks as it was written are known; with one situation alone there is no other."""
    padded, elsewhere = from_best([HERE, THERE])
    assert "\n\nWalk.\n\n" in padded.seen.tip
    assert elsewhere.seen == ShownItem(THERE.situation, "", "", "Walk.")
    assert padded.like == elsewhere.like == HERE
    assert [each.sort for each in from_best([HERE])] == ["padding"]
