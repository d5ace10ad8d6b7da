"""Says what another version of the estimator changed on a board: its order, or how sure its ranks are."""

from collections.abc import Sequence

from core.estimate import ESTIMATOR_VERSION
from core.plurals import listed
from core.scoring.leaderboard_row import LeaderboardRow
from core.scoring.order_changes import order_change
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.lake.leaderboards import PublishedLeaderboard, publications, read_snapshot
from resources.scoring.computing import Computed, hash_by

SHOWN_CELLS, SHOWN_RANKS = 6, 3


def estimator_note(home: Home, computed: Computed) -> str:
    """Return how the order or the rank intervals differ from those of an older version on the same scores, or nothing.

    The older one is the last publication of the same spec, tips, scores, judges and baseline. Its snapshot stays as it
    is; where it cannot be read any more, nothing is said.
    """
    before = _older(home, computed)
    return "" if before is None else changed_by_version(before.rows, computed.rows, before.estimator)


def _older(home: Home, computed: Computed) -> PublishedLeaderboard | None:
    name = computed.spec.experiment
    for entry in reversed(publications(home, name)):
        same = entry.estimator < ESTIMATOR_VERSION
        if same and entry.data_hash == hash_by(computed.made_from, entry.estimator):
            try:
                return read_snapshot(home, name, entry.data_hash)
            except LakeBroken:
                return None
    return None


def changed_by_version(before: Sequence[LeaderboardRow], now: Sequence[LeaderboardRow], version: int) -> str:
    """Return what differs between the rows of the older `version` of the estimator and those of this one.

    The order where that has changed, else the rank intervals; empty where neither has.
    """
    said = f"With estimator version {ESTIMATOR_VERSION}"
    was, is_ = _scores(before), _scores(now)
    if order_change(was, is_):
        return (
            f"{said} the order is {listed(list(is_), SHOWN_CELLS)}; before, with version {version} on the same scores, "
            f"it was {listed(list(was), SHOWN_CELLS)}."
        )
    old = {_name(row): _rank(row) for row in before}
    moved = [
        f"{_name(row)} {_rank(row)}, before {old[_name(row)]}"
        for row in now
        if _name(row) in old and _rank(row) != old[_name(row)]
    ]
    if not moved:
        return ""
    rest = len(moved) - SHOWN_RANKS
    more = f"; and {rest} more" if rest > 0 else ""
    ranks = "; ".join(moved[:SHOWN_RANKS])
    return f"{said} rank intervals differ from those of version {version} on the same scores: {ranks}{more}."


def _name(row: LeaderboardRow) -> str:
    return f"{row.model}/{row.prompt}"


def _rank(row: LeaderboardRow) -> str:
    if row.rank_low is None:
        return "none"
    return str(row.rank_low) if row.rank_low == row.rank_high else f"{row.rank_low} to {row.rank_high}"


def _scores(rows: Sequence[LeaderboardRow]) -> dict[str, float]:
    return {_name(row): row.score for row in rows if row.score is not None}
