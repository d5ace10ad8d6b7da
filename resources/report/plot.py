"""The plot of scores with their 95 % intervals as SVG: a file for Dagit and MLflow, inline for the report."""

from collections.abc import Sequence
from html import escape

from core.plurals import counted, listed
from core.sanitize import visible
from core.scoring.leaderboard_row import LeaderboardRow
from resources.report.data import excerpt

SHOWN = 200
NAMED, LONGEST_LABEL, LINE = 4, 44, 20
STYLE = (
    "<style>svg{background:#fff;font:13px sans-serif}text{fill:#1d2730}.tick,.value{fill:#5c6b77}.grid{stroke:#d9e0e5}"
    ".bar{stroke:#1f6f8b;stroke-width:3}.dot{fill:#1f6f8b;stroke:#1f6f8b;stroke-width:2}.hollow{fill:#fff}</style>"
)
ROW, LEFT, RIGHT, TOP, WIDTH = 26, 300, 70, 34, 960
PADDING, CHARACTER = 40, 8
"""Room for the labels: this much, and so much a character, at most `LEFT`."""


def plot_file(rows: Sequence[LeaderboardRow], low: float, high: float) -> str:
    """Return the plot as an SVG file of its own, on white."""
    inner = plot_svg(rows, low, high)
    return inner.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace("<title", f"{STYLE}<title", 1)


def plot_svg(rows: Sequence[LeaderboardRow], low: float, high: float) -> str:
    """Return a dot and its interval per scored cell, best on top; `low` and `high` are the scale's ends.

    Below stands which cells are not drawn: those without a score, and those after the first 200. Every text in it is
    escaped; its colours are the page's.
    """
    shown, left_out = _scored(rows)[:SHOWN], _left_out(rows)
    start, end = _range(shown, low, high)
    left = min(LEFT, PADDING + CHARACTER * max((len(_label(row)) for row in shown), default=0))
    bottom = TOP + ROW * max(1, len(shown)) + 16
    height = bottom + LINE * len(left_out)

    def x(value: float) -> float:
        return left + (value - start) / (end - start) * (WIDTH - left - RIGHT)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="plot-title plot-text">',
        '<title id="plot-title">Scores with 95 % intervals</title>',
        f'<desc id="plot-text">{escape(_described(shown))}</desc>',
    ]
    if not shown:
        parts.append(f'<text x="{left}" y="{TOP}">nobody has scored yet</text>')
    for tick in _ticks(start, end):
        parts.append(f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{TOP - 8}" y2="{bottom - 12}"/>')
        parts.append(f'<text class="tick" x="{x(tick):.1f}" y="{TOP - 14}" text-anchor="middle">{tick:g}</text>')
    for place, row in enumerate(shown):
        y = TOP + ROW * place + ROW / 2
        cut = _cut(_label(row))
        parts.append(f'<text x="{left - 14}" y="{y + 4:.1f}" text-anchor="end">{escape(cut)}</text>')
        if row.low is not None and row.high is not None:
            parts.append(f'<line class="bar" x1="{x(row.low):.1f}" x2="{x(row.high):.1f}" y1="{y}" y2="{y}"/>')
        mark = "dot hollow" if row.provisional else "dot"
        if _is_baseline(row):
            parts.append(_diamond(x(_point(row)), y, mark))
        else:
            parts.append(f'<circle class="{mark}" cx="{x(_point(row)):.1f}" cy="{y}" r="5"/>')
        parts.append(f'<text class="value" x="{WIDTH - RIGHT + 16}" y="{y + 4:.1f}">{_point(row):.2f}</text>')
    for number, text in enumerate(left_out, 1):
        parts.append(f'<text class="tick" x="14" y="{bottom + LINE * number - 8}">{escape(text)}</text>')
    return "".join([*parts, "</svg>"])


def _left_out(rows: Sequence[LeaderboardRow]) -> list[str]:
    """Return a line on the cells without a score and one on those after the first 200, where there are any."""
    scored, without = _scored(rows), [_cut(_label(row)) for row in rows if row.score is None]
    lines = []
    if len(scored) > SHOWN:
        more, first = len(scored) - SHOWN, scored[SHOWN]
        lines.append(
            f"not drawn: the last {counted(more, 'cell')}, from {_cut(_label(first))} ({_point(first):.2f}) down"
        )
    if without and scored:
        lines.append(f"not drawn, without a score: {listed(without, NAMED)}")
    return lines


def _diamond(x: float, y: float, mark: str) -> str:
    corners = f"{x:.1f},{y - 7} {x + 7:.1f},{y} {x:.1f},{y + 7} {x - 7:.1f},{y}"
    return f'<polygon class="{mark}" points="{corners}"/>'


def _scored(rows: Sequence[LeaderboardRow]) -> list[LeaderboardRow]:
    return [row for row in rows if row.score is not None]


def _point(row: LeaderboardRow) -> float:
    return 0.0 if row.score is None else row.score  # only scored rows come here


def _label(row: LeaderboardRow) -> str:
    return visible(f"{row.model} / {row.prompt}", "�")


def _cut(label: str) -> str:
    return excerpt(label, LONGEST_LABEL)


def _is_baseline(row: LeaderboardRow) -> bool:
    return row.diff is None and row.score is not None and "not_estimable" not in row.marks


def _range(rows: Sequence[LeaderboardRow], low: float, high: float) -> tuple[float, float]:
    """Return the part of the scale that the intervals use, with a margin."""
    ends = [value for row in rows for value in (row.low, row.high, row.score) if value is not None]
    if not ends:
        return low, high
    margin = max((max(ends) - min(ends)) * 0.08, (high - low) * 0.02)
    return min(ends) - margin, max(ends) + margin


def _ticks(start: float, end: float) -> list[float]:
    step = next(s * 10.0**e for e in range(-6, 7) for s in (1, 2, 5) if (end - start) / (s * 10.0**e) <= 8)
    first = int(start // step) + 1
    return [round(number * step, 9) for number in range(first, int(end // step) + 1)]


def _described(rows: Sequence[LeaderboardRow]) -> str:
    return "; ".join(
        f"{_label(row)} {_point(row):.2f}"
        + (f" ({row.low:.2f} to {row.high:.2f})" if row.low is not None and row.high is not None else "")
        for row in rows
    )
