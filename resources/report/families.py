"""Says why p, the simultaneous interval and the ranks of a cell say different things, where they do."""

from collections.abc import Sequence

from core.scoring.leaderboard_row import LeaderboardRow

ALPHA = 0.05
NAMED = 3
REASONS = {
    "p": "Holm's p of {} is below .05 although the simultaneous interval includes 0: p goes from the clearest "
    "difference to the next, which counts among fewer, and the interval counts each among all.",
    "not p": "The simultaneous interval of {} excludes 0 although Holm's p is not below .05: the interval takes into "
    "account that differences to one baseline rise and fall together, and p does not.",
    "ranks": "The rank interval of {} lies apart from the baseline's although the simultaneous interval includes 0: "
    "ranks are judged in steps, in which the clearest pairs leave those that are counted.",
    "not ranks": "The simultaneous interval of {} excludes 0 although its rank interval overlaps the baseline's: ranks "
    "hold for all pairs of cells at once, and overlap as well where one of the two cannot be told from a third.",
}
"""By what alone sets a cell apart from the baseline, or alone does not."""


def why_they_differ(rows: Sequence[LeaderboardRow], baseline: tuple[str, str]) -> list[str]:
    """Return a sentence for each way in which the three disagree in some row about its difference to the baseline."""
    base = next((row for row in rows if (row.model, row.prompt) == baseline), None)
    names = {reason: _Names() for reason in REASONS}
    for row in rows:
        if row is base or row.p_holm is None or row.diff_sim_low is None or row.diff_sim_high is None:
            continue
        separate, small = row.diff_sim_low > 0 or row.diff_sim_high < 0, row.p_holm < ALPHA
        ranked = base is not None and _ranked_separately(row, base)
        names["p"].add_if(row, small and not separate)
        names["not p"].add_if(row, separate and not small)
        names["ranks"].add_if(row, ranked and not separate)
        names["not ranks"].add_if(row, separate and not ranked)
    return [sentence.format(names[reason].text()) for reason, sentence in REASONS.items() if names[reason].cells]


class _Names:
    """Cells of which something is to be said."""

    def __init__(self) -> None:
        self.cells: list[str] = []

    def add_if(self, row: LeaderboardRow, holds: bool) -> None:
        """Add the row's cell if it holds."""
        if holds:
            self.cells.append(f"{row.model} / {row.prompt}")

    def text(self) -> str:
        """Return up to three cells by name and how many more there are."""
        more = len(self.cells) - NAMED
        named = self.cells[:NAMED] + ([f"{more} more"] if more > 0 else [])
        return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _ranked_separately(row: LeaderboardRow, base: LeaderboardRow) -> bool:
    if row.rank_low is None or row.rank_high is None or base.rank_low is None or base.rank_high is None:
        return False
    return row.rank_low > base.rank_high or row.rank_high < base.rank_low
