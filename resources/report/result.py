"""Words in a sentence what a leaderboard found, and who judged it."""

from collections.abc import Sequence

from core.scoring.leaderboard_row import LeaderboardRow
from resources.report.data import ReportInput

MARKS = {
    "near_ceiling": "half or more of its scores are at the top of the scale; an interval this near the ceiling is too "
    "narrow",
    "too_few": "too few scenarios for an interval; the point is kept",
    "all_equal": "all its scores, or all its differences, are equal; no interval can be given",
    "not_estimable": "judges and scenarios do not connect it with the other cells; no number would be right",
}


def result_sentence(rows: Sequence[LeaderboardRow]) -> str:
    """Return who leads, and from how many cells the leader differs surely."""
    scored = [row for row in rows if row.score is not None]
    if not scored:
        return "Nobody has scored these tips yet, so there is no result."
    lead = scored[0]
    name = f"{lead.model} / {lead.prompt}"
    if len(scored) == 1:
        return f"{name} is the only cell with a score."
    surely = len(scored) - (lead.rank_high or len(scored))
    others = len(scored) - 1
    if surely == others:
        return f"{name} leads, and is surely better than all {others} other cells."
    if surely == 0:
        return f"{name} has the highest score, but can surely be told apart from none of the {others} other cells."
    return f"{name} has the highest score, and is surely better than {surely} of the {others} other cells."


def judged_by(given: ReportInput) -> str:
    """Return a sentence on who judged; automatic judges are called automatic."""
    kinds = {row.judge_kind for row in given.rows if row.judge_kind}
    if not kinds:
        return f"Give the tips to a judge: tipbench export {given.spec.experiment} --judge NAME"
    kind, names = kinds.pop(), ", ".join(given.judges)
    if kind == "program":
        return (
            f"Judged automatically by the program {names}: it measures form, and says nothing about whether the "
            "advice is good."
        )
    if kind == "model":
        return f"Judged automatically by the model {names}; no person has confirmed these scores."
    if kind == "agent":
        return f"Judged by the agent {names}, blind to model and prompt; no person has confirmed these scores."
    return f"Judged by {'people' if len(given.judges) > 1 else 'a person'} ({names}), blind to model and prompt."
