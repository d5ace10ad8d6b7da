"""What a plan of a decision rests on: the newest leaderboard by the same rubric, else an assumption."""

from pathlib import Path

import msgspec
import pytest

from core.choosing.choice import WrongMargin
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.choosing.choosing import ChoiceOptions, choose_cell
from resources.choosing.planning import decision_plan
from resources.scoring.publishing import publish_leaderboard
from tests.resources.choosing.outputs import NAME, write_outputs


def test_a_spread_is_assumed_until_a_leaderboard_tells_it(bench: BenchContext, tmp_path: Path) -> None:
    """Its own, or that of another experiment by the same rubric; a first choice has planned looks."""
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 20)], AdoptOptions(), None).spec
    first = decision_plan(bench, spec)
    assert [first.margin, first.spread.sd] == pytest.approx([0.2, 0.92])
    assert first.spread.seen_in is None
    publish_leaderboard(bench, spec)
    own = decision_plan(bench, spec, 0.4)
    assert (own.margin, own.spread.seen_in, own.has_looks) == (0.4, NAME, False)
    assert 0.1 < own.spread.sd < 0.6
    other = msgspec.structs.replace(spec, experiment="tip-bench-next")
    assert decision_plan(bench, other).spread == own.spread
    by_another = msgspec.structs.replace(
        other, rubric=msgspec.structs.replace(spec.rubric, criteria=spec.rubric.criteria[:2])
    )
    assert decision_plan(bench, by_another).spread.seen_in is None
    choose_cell(bench, spec, ChoiceOptions(margin=0.2))
    assert decision_plan(bench.for_request(), msgspec.structs.replace(other, extends=NAME)).has_looks
    with pytest.raises(WrongMargin):
        decision_plan(bench, spec, 0.0)
