"""The plot of a report as SVG: benchmark against reaction, with 95 % intervals in both directions."""

from html import escape

from contracts.tips.policy_report import CellReport, PolicyReport

STYLE = (
    "<style>svg{background:#fff;font:13px sans-serif}text{fill:#1d2730}.axis{stroke:#5c6b77}"
    ".bar{stroke:#1f6f8b;stroke-width:2}.dot{fill:#1f6f8b}</style>"
)
WIDTH, HEIGHT, EDGE = 720, 520, 70


def scatter_file(report: PolicyReport) -> str:
    """Return a dot for each cell with score and reward: score to the right, reward upwards; every text is escaped."""
    drawn = [cell for cell in report.cells if cell.score is not None and cell.reward is not None]
    across = _span([(cell.score, cell.score_low, cell.score_high) for cell in drawn])
    upward = _span([(cell.reward, cell.reward_low, cell.reward_high) for cell in drawn])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{STYLE}',
        f"<title>Benchmark against reaction, {escape(report.since)} to {escape(report.day)}</title>",
        *([_text(WIDTH / 2, EDGE / 2, "reactions of SIMULATED users", "middle")] if report.n_simulated else []),
        _line("axis", EDGE, HEIGHT - EDGE, WIDTH - EDGE, HEIGHT - EDGE),
        _line("axis", EDGE, EDGE, EDGE, HEIGHT - EDGE),
        _text(WIDTH / 2, HEIGHT - 20, "score of the leaderboard, 95 % interval", "middle"),
        _text(EDGE, EDGE - 24, "reward (share acted on), 95 % interval", "start"),
    ]
    if not drawn:
        parts.append(_text(WIDTH / 2, HEIGHT / 2, "no cell has both a score and a reward", "middle"))
    else:
        parts += [_text(_x(value, across), HEIGHT - EDGE + 20, f"{value:.3g}", "middle") for value in across]
        parts += [_text(EDGE - 8, _y(value, upward), f"{value:.3g}", "end") for value in upward]
    parts += [_drawn(cell, across, upward) for cell in drawn]
    return "".join([*parts, "</svg>"])


def _drawn(cell: CellReport, across: tuple[float, float], upward: tuple[float, float]) -> str:
    x, y = _x(cell.score or 0.0, across), _y(cell.reward or 0.0, upward)
    parts = [f'<g><title>{escape(cell.cell)}</title><circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="5"/>']
    if cell.score_low is not None and cell.score_high is not None:
        parts.append(_line("bar", _x(cell.score_low, across), y, _x(cell.score_high, across), y))
    if cell.reward_low is not None and cell.reward_high is not None:
        parts.append(_line("bar", x, _y(cell.reward_low, upward), x, _y(cell.reward_high, upward)))
    return "".join([*parts, "</g>"])


def _span(values: list[tuple[float | None, float | None, float | None]]) -> tuple[float, float]:
    known = [value for triple in values for value in triple if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _x(value: float, span: tuple[float, float]) -> float:
    return EDGE + (value - span[0]) / (span[1] - span[0]) * (WIDTH - 2 * EDGE)


def _y(value: float, span: tuple[float, float]) -> float:
    return HEIGHT - EDGE - (value - span[0]) / (span[1] - span[0]) * (HEIGHT - 2 * EDGE)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
