"""The page on a decision: what it says of each kind, and that no text of a tip acts in it."""

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.choosing.limits import ShipLimits
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.choosing.choice_page import ChoicePage, compared_pair, page_of, render_choice
from resources.choosing.choosing import ChoiceOptions, choose_cell
from tests.core.choosing.rows import row
from tests.resources.choosing.outputs import NAME, write_outputs

HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(1)>\u202e {{ 7 * 7 }}"


def test_the_page_has_verdict_reason_examples_and_what_took_no_part(bench: BenchContext, tmp_path: Path) -> None:
    """Of the named cell and the next best on the same three scenarios, without scripts or references."""
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 45)], AdoptOptions(), None).spec
    options = ChoiceOptions(margin=0.2, limits=ShipLimits(max_cost_per_1k=1.5))
    page = page_of(bench, spec, choose_cell(bench, spec, options), options)
    assert "<h1>Ship south/p</h1>" in page
    assert "in at most 5 of 100 such experiments" in page
    assert page.count('<div class="tip">') == 6
    assert page.count("<blockquote>Case ") == 3
    assert "Where south/p is furthest ahead" in page
    assert "<b>north/p</b>: it breaks the limit on cost; its score is " in page
    assert "1,000 tips cost at most 1.5 USD" in page
    assert not re.search(r"<script|https?://|\bsrc=|\bon[a-z]+=|url\(", page)
    options = ChoiceOptions(margin=0.01)
    page = page_of(bench, spec, choose_cell(bench, spec, options), options)
    assert "<h1>Not enough data yet</h1>" in page
    assert "<h2>What would decide</h2>" in page
    assert "this says nothing against them" in page


@pytest.fixture
def given(bench: BenchContext, tmp_path: Path) -> ChoicePage:
    """What a page of the decision on three cells shows, in which texts from outside act as they can."""
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "outputs.jsonl", 12)], AdoptOptions(), None).spec
    made = choose_cell(bench, spec, ChoiceOptions(margin=3.0))
    tip = {"scenario_id": "s1", "text": HOSTILE, "scores": {"anna": 4.0}}
    assert made.cell is not None
    pair = [made.cell, "north/p"]
    rows = [row(name, 4.0) for name in ("north", "south", "west")]
    return ChoicePage(spec, made, ShipLimits(), rows, pair, {name: [tip] for name in pair}, "2026-01-01T00:00:00+00:00")


def test_no_text_from_outside_acts(given: ChoicePage) -> None:
    """A tip, a scenario, a name or a reason is text; what would turn the order of letters is taken out."""
    hurt = given.spec.scenarios[1]
    scenario = msgspec.structs.replace(hurt, data=dict.fromkeys(hurt.data, HOSTILE))
    spec = msgspec.structs.replace(given.spec, scenarios=(given.spec.scenarios[0], scenario, *given.spec.scenarios[2:]))
    made = msgspec.structs.replace(given.made, reason=HOSTILE, champion=HOSTILE)
    page = render_choice(replace(given, spec=spec, made=made, rows=[*given.rows, row(HOSTILE, 1.0)]))
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert page.count("{{ 7 * 7 }}") >= 5


def test_the_pair_is_the_named_cell_and_the_best_other_that_took_part(given: ChoicePage) -> None:
    """Without a named one the two best; with one cell there is no pair, and no example."""
    rows, made = list(given.rows), given.made
    assert compared_pair(made, rows) == [made.cell, next(name for name in ("north/p", "south/p") if name != made.cell)]
    undecided = msgspec.structs.replace(made, decision="not_enough", cell=None, equal_to=())
    assert compared_pair(undecided, rows) == ["north/p", "south/p"]
    assert compared_pair(undecided, rows[:1]) == ["north/p"]
    page = render_choice(replace(given, made=undecided, rows=rows[:1], pair=["north/p"]))
    assert "What they write" not in page
    no = msgspec.structs.replace(undecided, decision="no", reason="every cell breaks a limit for certain")
    assert "<h1>Ship none of these</h1>" in render_choice(replace(given, made=no))
