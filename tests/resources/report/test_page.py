"""The report page and its plot: hostile text stays text, unknown stays unknown, nothing is fetched."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec
from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.exploratory import CriterionDifference
from core.scoring.judge_effects import NewJudgesRow
from core.scoring.leaderboard_row import Estimate, LeaderboardRow, SliceRow
from resources.report.data import ReportInput, TipScore
from resources.report.page import render_page
from resources.report.pick import best_and_worst, contrasts
from resources.report.plot import plot_file
from resources.report.result import result_sentence

HOSTILE = "</style><script>alert(1)</script><img src=x onerror=y>{{ 7*7 }}\"'&\x1b[31m\u202eevil"
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "h1", "h2", "h3", "p", "div", "span", "table",
    "thead", "tbody", "tr", "th", "td", "b", "small", "ul", "ol", "li", "dl", "dt", "dd", "br", "blockquote", "svg",
    "desc", "line", "text", "circle", "polygon",
}  # fmt: skip


def _row(model: str, score: float | None, **changes: Any) -> LeaderboardRow:
    known = score is not None
    fields: dict[str, Any] = {
        "model": model, "prompt": "p", "judge_kind": "human" if known else None, "score": score,
        "low": None if score is None else score - 0.5, "high": None if score is None else score + 0.5,
        "rank_low": 1 if known else None, "rank_high": 2 if known else None, "diff": None, "diff_low": None,
        "diff_high": None, "diff_sim_low": None, "diff_sim_high": None, "p_holm": None,
        "criteria": {"clear": Estimate(score, None, None)}, "n_scenarios": 2, "n_judges": 1, "n_scored": 2,
        "n_pending": 0, "n_failed": 0, "n_refused": 0, "n_misconfigured": 0, "n_cut": 0,
        "n_unscorable": 0, "coverage": 1.0 if known else 0.0,
        "provisional": not known,
        "marks": (), "mean_length": None, "tokens": None, "cost_per_1k": None, "latency_p50_ms": None,
        "latency_p95_ms": None, "data_hash": "h",
    }  # fmt: skip
    return LeaderboardRow(**{**fields, **changes})


def _given(rows: list[LeaderboardRow], tips: list[TipScore], **changes: Any) -> ReportInput:
    spec = Spec(
        experiment="tip-bench-a", source="adopt", options=Options(), models=(Model(HOSTILE, "adopted"),),
        prompts=(Prompt("p", "1", "x", "chat", ()),), cells=((0, 0), (0, 0)),
        scenarios=(Scenario("s0", HOSTILE, "en", {"text": HOSTILE}), Scenario("s1", "home", "en", {"text": "x"})),
        rubric=Rubric("r", "1", Scale(1, 5), (Criterion("clear", "x"),)), n_tips=1, temperature=None, seed=0,
        failures="worst", created_at="2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    slices = [
        SliceRow(
            **{f: getattr(row, f) for f in LeaderboardRow.__struct_fields__},
            slice="area",
            slice_value=value,
            p_bh=0.0421,
        )
        for row in rows
        for value in (HOSTILE, "home")
    ]
    given = ReportInput(
        spec=spec, rows=rows, slices=slices, criteria=[], judges={"anna": "human"}, baseline=(rows[0].model, "p"),
        published_at="2026-01-01T00:00:00", tips=tips, other_policy=None, judge_notes=[HOSTILE], new_judges=[],
        warnings=[HOSTILE],
    )  # fmt: skip
    return replace(given, **changes)


class Elements(HTMLParser):
    """Collects element names and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        self.names.add(tag)
        self.attributes += attrs


TIPS = [
    TipScore(cell, scenario, 0, HOSTILE, 1.0 + cell + scenario, {"a": 1.0, "b": 2.0})
    for cell in (0, 1)
    for scenario in (0, 1)
]


def test_hostile_names_tips_and_situations_add_no_element() -> None:
    """Only the template's own elements are there, no handler, no script, no reference to anywhere."""
    page = render_page(_given([_row(HOSTILE, 3.0), _row("other", 2.0)], TIPS))
    seen = Elements()
    seen.feed(page)
    assert seen.names <= ALLOWED
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in {"src", "href"}]
    assert not re.search(r"https?://|url\(", page)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "{{ 7*7 }}" in page
    assert "default-src 'none'" in page


def test_what_is_not_known_is_a_dash() -> None:
    """Nulls are never shown as 0 or None."""
    page = render_page(_given([_row("a", 3.0), _row("b", 2.0)], []))
    assert "None" not in page
    assert "nan" not in page
    assert page.count("–") > 10


def test_without_scores_the_page_says_what_to_do() -> None:
    """No plot, no criteria, and the command that gives the tips to a judge."""
    page = render_page(_given([_row("a", None), _row("b", None)], []))
    assert "Nobody has scored these tips yet" in page
    assert "tipbench export tip-bench-a --judge NAME" in page
    assert "<svg" not in page


def test_slices_and_criteria_show_differences_with_adjusted_p() -> None:
    """Both tables are marked exploratory and show what Benjamini and Hochberg leave of each p; unknown is left out."""
    rows = [_row("a", 3.0), _row("b", 2.5, diff=-0.5), _row("c", 2.0)]
    page = render_page(_given(rows, [], criteria=[CriterionDifference("b", "p", "clear", 0.25, 0.0377)]))
    assert "+0.25, p .038" in page
    assert page.count("−0.50, p .042") == 2
    assert page.count("adjusted by Benjamini and Hochberg over this table") == 2
    assert page.count("Exploratory") == 2
    assert len(re.findall(r"<small>[+−]\d", page)) == 3


def test_five_judges_bring_a_table_of_new_judges() -> None:
    """Each cell with its difference, interval and scenarios; too few are dashes; without rows no table."""
    rows = [_row(HOSTILE, 3.0), _row("b", 2.0)]
    own = [NewJudgesRow("b", "p", -1.0, -1.75, -0.25, 12), NewJudgesRow("c", "p", None, None, None, 4)]
    page = render_page(_given(rows, [], new_judges=own))
    table = page[page.index("interval, new judges") : page.index("<h2>Methods")]
    assert "<td>−1.00</td><td>−1.75 to −0.25</td><td>12</td>" in table
    assert "<td>–</td><td>–</td><td>4</td>" in table
    assert "but for the table of new judges" in page
    assert "new judges" not in render_page(_given(rows, []))


def test_the_plot_is_a_file_of_its_own() -> None:
    """Well-formed SVG with a title, hostile names as text, for any number of cells."""
    for rows in (
        [],
        [_row(HOSTILE.replace("\x1b", ""), 3.0)],
        [_row(f"m{n}", 1 + n / 20, diff=0.1) for n in range(60)],
    ):
        root = ET.fromstring(plot_file(rows, 1, 5))  # noqa: S314  # our own output
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not root.findall(".//{http://www.w3.org/2000/svg}script")


def test_picks_contrast_cells_and_never_repeat_a_tip() -> None:
    """The widest gap comes first, both lists differ, equal scores give no contrast."""
    tips = [
        TipScore(c, s, 0, f"{c}{s}", float(v), {})
        for c, s, v in [(0, 0, 5), (1, 0, 1), (0, 1, 3), (1, 1, 2), (0, 2, 4), (1, 2, 4)]
    ]
    found = contrasts(tips)
    assert [(pair.scenario, pair.best.cell, pair.worst.cell) for pair in found] == [(0, 0, 1), (1, 0, 1)]
    best, worst = best_and_worst(tips, 10)
    assert len(best) == len(worst) == 3
    assert not {tip.text for tip in best} & {tip.text for tip in worst}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([_row("a", None)], "Nobody has scored"),
        ([_row("a", 3.0, rank_high=1)], "only cell"),
        ([_row("a", 3.0, rank_high=1), _row("b", 2.0)], "surely better than all 1 other"),
        ([_row("a", 3.0, rank_high=2), _row("b", 2.0)], "from none of the 1"),
        ([_row("a", 3.0, rank_high=2), _row("b", 2.0), _row("c", 1.0)], "surely better than 1 of the 2"),
    ],
)
def test_the_result_claims_no_more_than_the_ranks(rows: list[LeaderboardRow], said: str) -> None:
    """The sentence follows the leader's rank interval."""
    assert said in result_sentence(rows)
