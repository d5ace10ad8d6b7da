"""A report as text: what it says in sentences, and a table of the cells in Markdown."""

from contracts.tips.policy_report import CellReport, PolicyReport
from core.plurals import counted


def report_text(report: PolicyReport) -> str:
    """Return the report as Markdown."""
    against = f"against the leaderboard of {report.experiment}" if report.experiment else "without a leaderboard"
    said = f"{counted(report.n_decisions, 'decision')} of {counted(report.n_users, 'user')}, {report.n_open} still open"
    lines = [
        f"# Benchmark against reactions, {report.since} to {report.day}",
        "",
        f"{said}, {against}.",
        *simulated_text(report),
        "",
        *prediction_text(report),
        "",
        "| cell | score | 95 % | reward | 95 % | drawn | shown | share | acted | remark |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(_row(cell) for cell in sorted(report.cells, key=lambda cell: -(cell.score or float("-inf")))),
        "",
        *(f"- {check.name}: {'passed' if check.passed else 'FAILED'}: {check.message}" for check in report.checks),
        "",
    ]
    return "\n".join(lines)


def simulated_text(report: PolicyReport) -> list[str]:
    """Return the sentence that says whose reactions these are, none where all users are people."""
    if not report.n_simulated:
        return []
    who = "All" if report.n_simulated == report.n_users else f"{report.n_simulated} of"
    return [
        f"{who} {counted(report.n_users, 'user')} are SIMULATED, with declared tastes: this says nothing of people."
    ]


def prediction_text(report: PolicyReport) -> list[str]:
    """Return whether the benchmark predicts reactions, in sentences, or what is missing to say so."""
    found = report.prediction
    if found.refused is not None:
        return [f"Does the benchmark predict reactions? {found.refused}."]
    slope = f"{_number(found.slope)} ({_range(found.slope_low, found.slope_high)})"
    ranks = f"{_number(found.rank_correlation)} ({_range(found.rank_low, found.rank_high)})"
    return [
        f"Does the benchmark predict reactions? **{found.verdict}**: reward differs by {slope} for one point of score;",
        f"rank correlation {ranks}, over {counted(found.n_cells, 'cell')}.",
    ]


def _row(cell: CellReport) -> str:
    remark = "; ".join(each for each in (cell.unscored, cell.refused) if each)
    values = [
        cell.cell,
        _number(cell.score),
        _range(cell.score_low, cell.score_high),
        _number(cell.reward),
        _range(cell.reward_low, cell.reward_high),
        str(cell.n_drawn),
        str(cell.n_shown),
        "–" if not cell.n_drawn else f"{cell.n_shown / cell.n_drawn:.0%}",
        str(cell.n_acted),
        remark,
    ]
    return f"| {' | '.join(value.replace('|', '/') for value in values)} |"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _range(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.3g} … {high:.3g}"
