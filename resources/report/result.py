"""Words in a sentence what a leaderboard found."""

from collections.abc import Sequence

from core.scoring.leaderboard_row import LeaderboardRow

FEW_SCENARIOS = 20
"""With fewer, an order is not called sure: what was drawn may not stand for what there is."""


LEVEL = "95 %, all pairs of cells at once"
"""What "surely" means."""


def result_sentence(rows: Sequence[LeaderboardRow]) -> str:
    """Return who leads, and from how many cells the leader differs surely.

    Where one judge or fewer than 20 scenarios decide, it says so instead of "surely", which is at 95 % for all pairs.
    """
    scored = [row for row in rows if row.score is not None]
    if not scored:
        return "Nobody has scored these tips yet, so there is no result."
    lead = scored[0]
    name = f"{lead.model} / {lead.prompt}"
    if len(scored) == 1:
        return f"{name} is the only cell with a score."
    surely = len(scored) - (lead.rank_high or len(scored))
    others = len(scored) - 1
    reserved = reservation(scored)
    better = f"is better, for {reserved}," if reserved else "is surely better"
    level = "" if reserved else f" ({LEVEL})"
    if surely == others:
        everyone = {1: "the other cell", 2: "both other cells"}.get(others, f"all {others} other cells")
        return f"{name} leads, and {better} than {everyone}{level}."
    if surely == 0:
        equal = (
            "cannot be told apart from the other cell"
            if others == 1
            else f"can be told apart from none of the {others} other cells"
        )
        return f"{name} has the highest score, but {equal}."
    return f"{name} has the highest score, and {better} than {surely} of the {others} other cells{level}."


def reservation(scored: Sequence[LeaderboardRow]) -> str:
    """Return for what little the order holds: one judge, few scenarios, or both; empty where there is enough.

    Cells with too few scenarios for an interval are told apart from none, so that theirs do not count.
    """
    judges = max(row.n_judges for row in scored)
    compared = [row.n_scenarios for row in scored if "too_few" not in row.marks]
    scenarios = min(compared or [row.n_scenarios for row in scored])
    parts = ["this one judge"] if judges == 1 else []
    if scenarios < FEW_SCENARIOS:
        parts.append("this one scenario" if scenarios == 1 else f"these {scenarios} scenarios")
    return " and ".join(parts)
