"""What the marks of rows mean, and which cells have them: each is explained once, with its cells."""

from collections.abc import Sequence

from core.plurals import listed
from core.scoring.leaderboard_row import LeaderboardRow

MARKS = {
    "near_ceiling": "scores crowd in the upper half of the scale; where they are at its top, better tips could not "
    "score higher",
    "crowded": "scores, or their differences to the baseline's, crowd at an end of the scale or have one long tail; "
    "the interval is Student's joined with Wilson's for the score, with Agresti and Min's for the difference, which is "
    "wider",
    "too_few": "too few scenarios for an interval; the point is kept",
    "all_equal": "all scores, or all differences to the baseline, are equal, so that no interval can be given",
    "other_scenarios": "scores in fewer scenarios than the others; what is missing is filled in from the difference to "
    "them, within the scale",
    "uneven_judges": "judges scored unequal parts of it; the interval counts in how differently they see a cell",
    "not_estimable": "judges and scenarios do not connect it with the other cells; no number would be right",
    "own_family": "a judge is of its model's own family, or that very model, and may prefer its own kind",
}
"""The same words on the terminal and in the report, in the order in which they stand there."""

SHOWN, NAMED = 6, 3


def marked_cells(rows: Sequence[LeaderboardRow]) -> list[tuple[str, str]]:
    """Return each mark that some row has, in their order, with the names of its cells.

    At most six are named; where all of more than three cells have it, it says so.
    """
    found = []
    for mark in MARKS:
        cells = [f"{row.model} / {row.prompt}" for row in rows if mark in row.marks]
        if cells:
            every = len(cells) == len(rows) > NAMED
            found.append((mark, f"all {len(cells)} cells" if every else listed(cells, SHOWN)))
    return found
