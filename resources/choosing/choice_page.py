"""One page on a decision for people who were not there: HTML without scripts or references, every text stays text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from core.benchmark.render import situation
from core.benchmark.spec import Spec
from core.choosing.choice import CellChoice
from core.choosing.limits import ShipLimits, name_of
from core.scoring.leaderboard_row import LeaderboardRow
from resources.bench_context import BenchContext
from resources.choosing.choosing import ChoiceOptions
from resources.report.compiled_templates import page_templates
from resources.report.data import excerpt
from resources.report.plot import plot_svg
from resources.scoring.computing import compute, rows_again
from resources.scoring.tip_rows import tip_rows

EXAMPLES = 3
MOST_SHOWN = 12
"""Cells in the picture and the table: those on top, and with them the named and the one in use."""
EXCERPT = 600
HEADS = {
    "ship": "Ship {cell}",
    "tie": "Ship {cell}",
    "keep": "Keep {cell}",
    "no": "Ship none of these",
    "not_enough": "Not enough data yet",
}
WORDS = {"max_cost_per_1k": "the limit on cost", "max_p95_ms": "the limit on time"}


@dataclass(frozen=True)
class ChoicePage:
    """A decision with what its page shows: the limits it was made by, the board's rows, and tips of two cells.

    `pair` are the named cell and the next best that took part, or the two best; `tips` their rows as `tip_rows` has
    them, by cell.
    """

    spec: Spec
    made: CellChoice
    limits: ShipLimits
    rows: Sequence[LeaderboardRow]
    pair: Sequence[str]
    tips: Mapping[str, Sequence[Mapping[str, Any]]]
    at: str


def page_of(bench: BenchContext, spec: Spec, made: CellChoice, options: ChoiceOptions) -> str:
    """Return the page of a decision that was just made by these options."""
    rows = rows_again(bench, spec) if options.judges is None else compute(bench, spec, options.judges).rows
    pair = compared_pair(made, rows)
    names = {"/".join(cell): cell for cell in spec.cell_names()}
    tips = {
        name: tip_rows(bench.home, spec, {"model": names[name][0], "prompt": names[name][1], "outcome": "text"}, None)
        for name in pair
    }
    return render_choice(ChoicePage(spec, made, options.limits, rows, pair, tips, bench.now()))


def compared_pair(made: CellChoice, rows: Sequence[LeaderboardRow]) -> list[str]:
    """Return the named cell and the best of the others that took part; without a named cell the two best of all."""
    aside = {each.cell for each in made.aside}
    scored = [name_of(row) for row in rows if row.score is not None]
    taking_part = [name for name in scored if name not in aside] or scored
    first = [made.cell] if made.cell is not None else taking_part[:1]
    return [*first, *[name for name in taking_part if name not in first][:1]]


def render_choice(given: ChoicePage) -> str:
    """Return the decision as one HTML document."""
    made, scale = given.made, given.spec.rubric.scale
    shown = _shown(given)
    return _template().render(
        made=made,
        title=given.spec.experiment,
        head=HEADS[made.decision].format(cell=made.cell),
        good=made.decision in ("ship", "tie", "keep"),
        reason=_sentence(given),
        sure=_how_sure(made),
        rows=[(row, name_of(row), _role(given, name_of(row))) for row in shown],
        left_out=len(given.rows) - len(shown),
        plot=Markup(plot_svg(shown, scale.low, scale.high)),  # noqa: S704  # the plot escapes its texts
        low=scale.low,
        high=scale.high,
        limits=_limits(given.limits),
        floors=list(given.limits.floors),
        examples=_examples(given),
        pair=given.pair,
        at=given.at,
    )


@cache
def _template() -> jinja2.Template:
    environment = page_templates("resources.choosing")
    environment.filters["in_words"] = in_words
    return environment.get_template("choice.html.j2")


def _shown(given: ChoicePage) -> list[LeaderboardRow]:
    always = {given.made.cell, given.made.champion, *given.pair}
    top = {name_of(row) for row in given.rows[:MOST_SHOWN]}
    return [row for row in given.rows if name_of(row) in top | always]


def _role(given: ChoicePage, name: str) -> str:
    """Return what a cell is in the decision, in words; empty for one that only took part."""
    made = given.made
    aside = {each.cell: each.why for each in made.aside}
    roles = ["this one"] if name == made.cell else ["equal within the margin"] if name in made.equal_to else []
    roles += ["in use now"] if name == made.champion else []
    roles += [f"took no part, {in_words(aside[name])}"] if name in aside else []
    return ", ".join(roles)


def _sentence(given: ChoicePage) -> str:
    """Return the reason as a sentence: no name of a cell is written otherwise than it is."""
    reason = given.made.reason
    return reason if any(reason.startswith(name_of(row)) for row in given.rows) else reason[:1].upper() + reason[1:]


def in_words(limits: str) -> str:
    """Return a text with words for the names of limits."""
    for name, words in WORDS.items():
        limits = limits.replace(name, words)
    return limits


def _how_sure(made: CellChoice) -> list[str]:
    """Return what the decision promises, and what it does not, in sentences."""
    margin, looks = f"{made.margin:g}", f" at all {made.look.of} planned looks together" if made.look.of > 1 else ""
    if made.decision == "no":
        return ["Costs, times and floors are compared as they were measured; a floor is broken by a whole interval."]
    sure = (
        f"The rule names an option that is really more than {margin} points worse than the best one in at most 5 of "
        f"100 such experiments{looks}."
    )
    if made.decision == "not_enough":
        return [
            sure,
            "That could not be promised of any option here, so none is named: this says nothing against them.",
        ]
    found = [sure, "It does not say that this is the best option, only that a better one is hardly worth its price."]
    if made.best_of > 1:
        found.append(f"The score of the best of {made.best_of} may be too high by chance: expect a little less.")
    return found


def _limits(limits: ShipLimits) -> list[str]:
    found = []
    if limits.max_cost_per_1k is not None:
        found.append(f"1,000 tips cost at most {limits.max_cost_per_1k:g} USD")
    if limits.max_p95_ms is not None:
        found.append(f"95 of 100 tips are there within {limits.max_p95_ms:g} ms")
    return [*found, *(f"{name} is surely at least {floor:g}" for name, floor in limits.floors.items())]


def _examples(given: ChoicePage) -> list[dict[str, Any]]:
    """Return scenarios in which both cells have a scored tip: one each way, and the middle one, by the difference."""
    if len(given.pair) < 2:
        return []
    first, second = (_by_scenario(given.tips[name], given.made.board.judges) for name in given.pair)
    common = sorted(first.keys() & second.keys(), key=lambda each: second[each]["score"] - first[each]["score"])
    places = range(len(common)) if len(common) <= EXAMPLES else (0, len(common) // 2, len(common) - 1)
    first_ahead, second_ahead = (f"Where {name} is furthest ahead" for name in given.pair)
    known = {scenario.id: scenario for scenario in given.spec.scenarios}
    return [
        {
            "which": (first_ahead, "In the middle", second_ahead)[at] if len(common) > EXAMPLES else "",
            "scenario": excerpt(situation(known[common[place]]), EXCERPT),
            "tips": [(name, own[common[place]]) for name, own in zip(given.pair, (first, second), strict=True)],
        }
        for at, place in enumerate(places)
    ]


def _by_scenario(rows: Sequence[Mapping[str, Any]], judges: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return each scenario's first tip that one of the judges scored, with its mean over them."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        scores = [row["scores"][judge] for judge in judges if judge in row["scores"]]
        if scores and row["text"] and row["scenario_id"] not in found:
            found[row["scenario_id"]] = {"text": excerpt(row["text"], EXCERPT), "score": sum(scores) / len(scores)}
    return found
