"""The report page and its plot: hostile text stays text, unknown stays unknown, nothing is fetched."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import msgspec
import pytest

from core.benchmark.prompt import Prompt, PromptMessage
from core.scoring.exploratory import CriterionDifference
from core.scoring.judge_effects import NewJudgesRow
from core.scoring.leaderboard_row import LeaderboardRow
from resources.report.data import ReportInput, TipScore
from resources.report.judged_by import other_kinds_sentence
from resources.report.page import render_page
from resources.report.pick import best_and_worst, contrasts
from resources.report.plot import plot_file
from resources.report.result import result_sentence
from tests.resources.report.inputs import HOSTILE, report_input, report_row, scored_tips

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "h1", "h2", "h3", "p", "div", "span", "table",
    "thead", "tbody", "tr", "th", "td", "b", "small", "ul", "ol", "li", "dl", "dt", "dd", "br", "blockquote", "svg",
    "desc", "line", "text", "circle", "polygon", "details", "summary", "pre", "code",
}  # fmt: skip


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
    TipScore(cell, scenario, 0, HOSTILE, 1.0 + cell + scenario, {"a": 1.0, "b": 2.0}, {"a": (HOSTILE, HOSTILE)})
    for cell in (0, 1)
    for scenario in (0, 1)
]


def test_hostile_names_tips_and_situations_add_no_element() -> None:
    """Only the template's own elements are there, no handler, no script, no reference to anywhere."""
    page = render_page(report_input([report_row(HOSTILE, 3.0), report_row("other", 2.0)], TIPS))
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
    page = render_page(report_input([report_row("a", 3.0), report_row("b", 2.0)], []))
    assert "None" not in page
    assert "nan" not in page
    assert page.count("–") > 10


def test_what_rounds_to_nothing_has_no_sign() -> None:
    """A tiny negative difference is no −0.00."""
    row = report_row("b", 2.0, diff=-1e-9, diff_low=-1e-9, diff_high=1e-9)
    page = render_page(report_input([report_row("a", 3.0), row], []))
    assert "−0.00" not in page
    assert "<td>+0.00</td><td>0.00 to 0.00</td>" in page


def test_without_scores_the_page_says_what_to_do() -> None:
    """No plot, no criteria, and the command that gives the tips to a judge."""
    page = render_page(report_input([report_row("a", None), report_row("b", None)], []))
    assert "Nobody has scored these tips yet" in page
    assert "tipbench export tip-bench-a --judge NAME" in page
    assert "<svg" not in page


def test_slices_and_criteria_show_differences_with_adjusted_p() -> None:
    """Both tables are marked exploratory and show what Benjamini and Hochberg leave of each p; unknown is left out."""
    rows = [report_row("a", 3.0), report_row("b", 2.5, diff=-0.5), report_row("c", 2.0)]
    page = render_page(report_input(rows, [], criteria=[CriterionDifference("b", "p", "clear", 0.25, 0.0377)]))
    assert "+0.25, p .038" in page
    assert page.count("−0.50, p .042") == 2
    assert page.count("adjusted by Benjamini and Hochberg over this table") == 2
    assert page.count("Exploratory") == 2
    assert len(re.findall(r"<small>[+−]\d", page)) == 3


def test_a_table_without_any_p_is_not_shown_and_says_why() -> None:
    """For criteria, slices and new judges, each with the command that has the numbers where there is one."""
    rows = [report_row("a", 3.0), report_row("b", 2.5, diff=-0.5)]
    given = report_input(rows, [], criteria=[CriterionDifference("b", "p", "clear", 0.25, None)])
    bare = [msgspec.structs.replace(row, p_bh=None) for row in given.slices]
    new = [NewJudgesRow("b", "p", -0.5, None, None, 3)]
    page = render_page(replace(given, slices=bare, new_judges=new))
    assert "The table of the criteria is not shown, since no difference to the baseline has a p here" in page
    assert "The table by area is not shown, since no difference to the baseline has a p here" in page
    assert "tipbench leaderboard tip-bench-a --slice area" in page
    assert "The table of new judges is not shown" in page
    assert "weight 1" not in page
    assert "95 % interval, new judges" not in page
    shown = render_page(given)
    assert "The table by area is not shown" not in shown
    assert "weight 1" in render_page(replace(given, criteria=[]))


def test_the_page_counts_tips_and_names_marks_with_their_cells() -> None:
    """Tips with a text, not scores or generations; each mark once; the baseline nobody chose; what comes next."""
    rows = [report_row("a", 3.0, marks=("crowded",)), report_row("b", 2.5, diff=-0.5)]
    page = render_page(report_input(rows, [], n_tips=3, by_default=True))
    assert "2 cells × 2 scenarios, 3 tips, published" in page
    assert page.count("<li><b>crowded</b> (a / p): ") == 1
    assert "Baseline, chosen by default: a / p; tipbench set-baseline tip-bench-a MODEL/PROMPT changes it." in page
    assert "Next, have a second judge score the same tips" in page
    assert "chosen by default" not in render_page(report_input(rows, [], n_tips=3))
    assert "1 cell × 2 scenarios, 1 tip, published" in render_page(_one_cell(report_input(rows[:1], [], n_tips=1)))


def _one_cell(given: ReportInput) -> ReportInput:
    return replace(given, spec=msgspec.structs.replace(given.spec, cells=((0, 0),)))


def test_five_judges_bring_a_table_of_new_judges() -> None:
    """Each cell with its difference, interval and scenarios; too few are dashes; without rows no table."""
    rows = [report_row(HOSTILE, 3.0), report_row("b", 2.0)]
    own = [NewJudgesRow("b", "p", -1.0, -1.75, -0.25, 12), NewJudgesRow("c", "p", None, None, None, 4)]
    page = render_page(report_input(rows, [], new_judges=own))
    table = page[page.index("interval, new judges") : page.index("<h2>Methods")]
    assert "<td>−1.00</td><td>−1.75 to −0.25</td><td>12</td>" in table
    assert "<td>–</td><td>–</td><td>4</td>" in table
    assert "but for the table of new judges" in page
    assert "new judges" not in render_page(report_input(rows, []))


def test_the_plot_is_a_file_of_its_own() -> None:
    """Well-formed SVG with a title, hostile names as text, for any number of cells."""
    for rows in (
        [],
        [report_row(HOSTILE.replace("\x1b", ""), 3.0)],
        [report_row(f"m{n}", 1 + n / 20, diff=0.1) for n in range(60)],
    ):
        root = ET.fromstring(plot_file(rows, 1, 5))  # noqa: S314  # our own output
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not root.findall(".//{http://www.w3.org/2000/svg}script")


def test_the_plot_draws_every_cell_or_says_which_it_leaves_out() -> None:
    """All sixty are drawn; cells without a score are named below, and so is where the drawn ones end."""
    rows = [report_row(f"m{n}", 4 - n / 300, diff=0.1) for n in range(60)]
    assert plot_file(rows, 1, 5).count("<circle") == 60
    assert "not drawn" not in plot_file(rows, 1, 5)
    unscored = [report_row(name, None) for name in ("x", "y")]
    said = plot_file([*rows, *unscored], 1, 5)
    assert "not drawn, without a score: x / p, y / p<" in said
    many = [report_row(f"m{n}", 4 - n / 300, diff=0.1) for n in range(203)]
    said = plot_file(many, 1, 5)
    assert said.count("<circle") == 200
    assert "not drawn: the last 3 cells, from m200 / p (3.33) down" in said


def test_picks_contrast_cells_and_never_repeat_a_tip() -> None:
    """The widest gap comes first, both lists differ, equal scores give no contrast."""
    tips = [
        TipScore(c, s, 0, f"{c}{s}", float(v), {})
        for c, s, v in [(0, 0, 5), (1, 0, 1), (0, 1, 3), (1, 1, 2), (0, 2, 4), (1, 2, 4)]
    ]
    found = contrasts(scored_tips(tips))
    assert [(pair.scenario, pair.best.cell, pair.worst.cell) for pair in found] == [(0, 0, 1), (1, 0, 1)]
    best, worst = best_and_worst(scored_tips(tips), 10)
    assert len(best) == len(worst) == 3
    assert not {tip.text for tip in best} & {tip.text for tip in worst}


MANY = {"n_judges": 2, "n_scenarios": 40}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([report_row("a", None)], "Nobody has scored"),
        ([report_row("a", 3.0, rank_high=1)], "only cell"),
        (
            [report_row("a", 3.0, rank_high=1, **MANY), report_row("b", 2.0, **MANY)],
            "leads, and is surely better than the other cell",
        ),
        ([report_row("a", 3.0, rank_high=2), report_row("b", 2.0)], "cannot be told apart from the other cell"),
        (
            [report_row("a", 3.0, rank_high=3), report_row("b", 2.0), report_row("c", 2.0)],
            "can be told apart from none of the 2 other",
        ),
        (
            [report_row("a", 3.0, rank_high=2, **MANY), report_row("b", 2.0, **MANY), report_row("c", 1.0, **MANY)],
            "surely better than 1 of the 2",
        ),
        (
            [report_row(name, 3.0, rank_high=1, **MANY) for name in "abc"],
            "a / p leads, and is surely better than both other cells (95 %, all pairs of cells at once).",
        ),
        (
            [report_row("a", 3.0, rank_high=1), report_row("b", 2.0)],
            "is better, for this one judge and these 2 scenarios, than the other cell",
        ),
        (
            [report_row("a", 3.0, rank_high=1, n_judges=2), report_row("b", 2.0, n_judges=2)],
            "is better, for these 2 scenarios, than the other cell",
        ),
        (
            [
                report_row("a", 3.0, rank_high=2, **MANY),
                report_row("b", 2.0, **MANY),
                report_row("c", 1.0, n_judges=2, n_scenarios=1, marks=("too_few",)),
            ],
            "surely better than 1 of the 2",
        ),
    ],
)
def test_the_result_claims_no_more_than_the_ranks(rows: list[LeaderboardRow], said: str) -> None:
    """The sentence follows the leader's rank interval."""
    assert said in result_sentence(rows)


def test_other_kinds_of_judges_are_named_and_never_averaged_in() -> None:
    """On the page in the sentence that the terminal prints, too; without any there is none."""
    given = report_input([report_row("a", 3.0), report_row("b", 2.0)], TIPS, other_kinds={"agent": 12, "program": 1})
    said = "Judges of other kinds have scored too, and are not averaged in: agent (12 scores), program (1 score)"
    assert said in render_page(given)
    assert other_kinds_sentence(given.other_kinds).startswith(said)
    assert other_kinds_sentence({}) == ""


def test_prompts_are_shown_with_their_texts_and_long_ones_are_cut() -> None:
    """Folded, as text; adopted prompts have none."""
    messages = (PromptMessage("system", HOSTILE), PromptMessage("user", "x" * 20_000 + "END"))
    given = report_input([report_row("a", 3.0)], [])
    spec = msgspec.structs.replace(given.spec, prompts=(Prompt("p", "1", "described", "chat", messages),))
    page = render_page(replace(given, spec=spec))
    assert "p@1: described" in page
    assert page.count("<pre>") == 2
    assert "xEND" not in page
    assert "<script>alert" not in page
    assert "<h2>Prompts</h2>" not in render_page(given)
