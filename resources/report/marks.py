"""Which cells have which marks, so that a mark is explained once, with its cells."""

from collections.abc import Collection, Sequence

from core.plurals import listed
from core.scoring.leaderboard_row import LeaderboardRow

SHOWN, NAMED = 6, 3


def marked_cells(rows: Sequence[LeaderboardRow], marks: Collection[str]) -> list[tuple[str, str]]:
    """Return each of the marks that some row has, in their order, with the names of its cells.

    At most six are named; where all of more than three cells have it, it says so.
    """
    found = []
    for mark in marks:
        cells = [f"{row.model} / {row.prompt}" for row in rows if mark in row.marks]
        if cells:
            every = len(cells) == len(rows) > NAMED
            found.append((mark, f"all {len(cells)} cells" if every else listed(cells, SHOWN)))
    return found
