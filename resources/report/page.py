"""Renders the report page: one HTML file without scripts or outside references, in which every text stays text."""

from collections import Counter
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from core.benchmark.render import situation
from core.benchmark.spec import Spec
from core.scoring.leaderboard_row import SliceRow
from resources.report.compiled_templates import page_templates, rounded
from resources.report.data import ReportInput, TipScore, excerpt
from resources.report.families import why_they_differ
from resources.report.grid import score_grid
from resources.report.judged_by import judged_by, other_kinds_sentence
from resources.report.marks import MARKS, marked_cells
from resources.report.next_step import baseline_sentence, next_step
from resources.report.pick import best_and_worst, contrasts
from resources.report.plot import plot_svg
from resources.report.result import result_sentence
from resources.report.shown_tables import FEW, without_interval, without_p

EXCERPT = 600
LONGEST_PROMPT = 8_000
LONGEST_RAW = 2_000


def render_page(given: ReportInput) -> str:
    """Return the report as one HTML document."""
    spec, scale = given.spec, given.spec.rubric.scale
    best, worst = best_and_worst(given.tips)
    return _template().render(
        given=given,
        spec=spec,
        title=spec.experiment,
        result=result_sentence(given.rows),
        judged=judged_by(given.rows, given.judges, given.origins),
        next_step=next_step(spec, given.rows, given.baseline),
        baseline_note=baseline_sentence(spec.experiment, given.rows, given.baseline) if given.by_default else "",
        provisional=any(row.provisional for row in given.rows),
        noisy=any(row.judge_noise is not None for row in given.rows),
        scored=any(row.score is not None for row in given.rows),
        plot=Markup(plot_svg(given.rows, scale.low, scale.high)),  # noqa: S704  # the plot escapes its texts
        marks=[(mark, cells, MARKS[mark]) for mark, cells in marked_cells(given.rows)],
        few=FEW,
        no_criteria=without_p(given.criteria),
        no_new_judges=without_interval(given.new_judges),
        disagreements=why_they_differ(given.rows, given.baseline),
        differences={(own.model, own.prompt, own.criterion): own for own in given.criteria},
        slices=[(name, *_matrix(given, name), without_p(_slice(given, name))) for name in ("area", "locale")],
        contrasts=[
            (_scenario(spec, pair.scenario), _tip(spec, pair.best), _tip(spec, pair.worst))
            for pair in contrasts(given.tips)
        ],
        best=[_tip(spec, tip) for tip in best],
        worst=[_tip(spec, tip) for tip in worst],
        other_kinds=other_kinds_sentence(given.other_kinds),
        prompts=[prompt for prompt in spec.prompts if prompt.messages],
        grid=score_grid(given),
        models=[_model_text(spec, number) for number in range(len(spec.models))],
    )


@cache
def _template() -> jinja2.Template:
    environment = page_templates("resources.report")
    environment.filters |= {
        "interval": _interval,
        "percent": lambda value: f"{value:.0%}",
        "prompt_text": lambda text: excerpt(text, LONGEST_PROMPT),
        "p": _p,
    }
    return environment.get_template("report.html.j2")


def _matrix(
    given: ReportInput, name: str
) -> tuple[list[tuple[str | None, int]], dict[tuple[str, str, str | None], SliceRow]]:
    """Return the values of a slice with their numbers of scenarios, and the slice rows by model, prompt and value."""
    rows = {(row.model, row.prompt, row.slice_value): row for row in _slice(given, name)}
    counts = Counter(getattr(scenario, name) for scenario in given.spec.scenarios)
    return [(value, counts[value]) for value in dict.fromkeys(key[2] for key in rows)], rows


def _slice(given: ReportInput, name: str) -> list[SliceRow]:
    return [row for row in given.slices if row.slice == name]


def _scenario(spec: Spec, number: int) -> dict[str, Any]:
    scenario = spec.scenarios[number]
    return {"id": scenario.id, "area": scenario.area, "text": excerpt(situation(scenario), EXCERPT)}


def _tip(spec: Spec, tip: TipScore) -> dict[str, Any]:
    model, prompt = spec.cell_names()[tip.cell]
    return {
        "text": excerpt(tip.text, EXCERPT),
        "score": tip.score,
        "cell": f"{model} / {prompt}",
        "scenario": _scenario(spec, tip.scenario),
        "judges": tip.scores if len(tip.scores) > 1 else {},
        "words": [
            (judge, excerpt(reason or "", EXCERPT), excerpt(raw or "", LONGEST_RAW))
            for judge, (reason, raw) in sorted(tip.words.items())
        ],
    }


def _model_text(spec: Spec, number: int) -> str:
    model = spec.models[number]
    size = f", {model.parameters_b:g} billion parameters" if model.parameters_b else ""
    return f"{model.name} ({model.provider}, version {model.version}{size})"


def _interval(row: Any, low: str, high: str) -> str:
    start, end = getattr(row, low), getattr(row, high)
    return "–" if start is None or end is None else f"{rounded(start):.2f} to {rounded(end):.2f}".replace("-", "−")


def _p(value: float | None) -> str:
    if value is None:
        return "–"
    return "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0")
