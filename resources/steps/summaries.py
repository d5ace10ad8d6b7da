"""Small tables in Markdown, and the plot, which Dagit shows with a materialization."""

import base64
import re
from collections.abc import Iterable

from core.benchmark.spec import Spec
from core.scoring.leaderboard_row import LeaderboardRow
from resources.home import Home
from resources.judging.scores import Scores
from resources.lake.candidates import cell_costs
from resources.lake.leaderboards import PublishedLeaderboard

SHOWN = 40


def candidate_summary(home: Home, spec: Spec) -> str:
    """Return outcomes, tokens, cost and latency by cell as a Markdown table."""
    costs = cell_costs(home, spec.experiment)
    names = ("n_text", "n_refused", "n_failed", "tokens_out", "cost", "latency_p50_ms", "latency_p95_ms")
    rows = [
        [code_span(model), code_span(prompt), *(_number(costs.get(cell, {}).get(name)) for name in names)]
        for cell, (model, prompt) in enumerate(spec.cell_names())
    ]
    head = ["model", "prompt", "tips", "refused", "failed", "tokens out", "cost USD", "p50 ms", "p95 ms"]
    return markdown(head, rows)


def score_summary(home: Home, spec: Spec) -> str:
    """Return the imported files by judge as a Markdown table."""
    sources = Scores(home, spec.experiment, spec.rubric).sources()
    rows = [
        [code_span(source.judge), source.kind, str(source.rows), source.at, code_span(source.author)]
        for source in sources
    ]
    return markdown(["judge", "kind", "answers", "at", "author"], rows) if rows else "nobody has scored yet"


def leaderboard_summary(published: PublishedLeaderboard) -> str:
    """Return the leaderboard, best first, as a Markdown table."""
    head = ["rank", "model", "prompt", "score", "95 % interval", "difference", "coverage", "judged by", "marks"]
    return markdown(head, [_cells(row) for row in published.rows])


def _cells(row: LeaderboardRow) -> list[str]:
    rank = "–" if row.rank_low is None else f"{row.rank_low} to {row.rank_high}"
    state = f"{row.coverage:.0%}" + (" provisional" if row.provisional else "")
    return [
        rank,
        code_span(row.model),
        code_span(row.prompt),
        _number(row.score),
        _interval(row.low, row.high),
        _number(row.diff),
        state,
        row.judge_kind or "–",
        " ".join(row.marks),
    ]


def plot_markdown(published: PublishedLeaderboard) -> str:
    """Return the published plot as an image that needs no server."""
    data = base64.b64encode(published.file("plot.svg")).decode()
    return f"![scores with 95 % intervals](data:image/svg+xml;base64,{data})"


def markdown(head: list[str], rows: Iterable[list[str]]) -> str:
    """Return a Markdown table of at most 40 rows."""
    body = list(rows)
    lines = [head, ["---"] * len(head), *body[:SHOWN]]
    more = f"\n\n… and {len(body) - SHOWN} more" if len(body) > SHOWN else ""
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + more


def code_span(text: str) -> str:
    """Return a name as a code span, in which nothing is a tag, a link or the table's own pipe."""
    plain = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", plain)), default=0))
    padding = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{padding}{plain}{padding}{fence}".replace("|", "\\|")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _interval(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.2f} to {high:.2f}"
