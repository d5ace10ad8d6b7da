"""How fast judges answer on pages, by the times at which their answers were saved."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

import sqlalchemy as sa

from contracts.judge_reviews import JudgePace
from kit.sql.sessions import reading
from resources.sql.tables import ANSWERS

MOST_GAPS = 40
FEWEST_GAPS = 3
LONGEST_GAP_S = 300.0
"""A longer one is a pause, and no part of the pace."""


def paces(engine: sa.Engine, rounds: Sequence[str]) -> list[JudgePace | None]:
    """Return the pace of each round by id, in one query; None for a round without an answer given on a page."""
    rank = sa.func.row_number().over(partition_by=ANSWERS.c.round, order_by=ANSWERS.c.id.desc()).label("rank")
    own = (ANSWERS.c.round.in_(list(rounds)), ANSWERS.c.restores.is_(None))
    ranked = sa.select(ANSWERS.c.round, ANSWERS.c.saved_at, rank).where(*own).subquery()
    query = sa.select(ranked.c.round, ranked.c.saved_at).where(ranked.c.rank <= MOST_GAPS + 1).order_by(ranked.c.rank)
    times: dict[str, list[str]] = {}
    with reading(engine) as connection:
        for round_, saved_at in connection.execute(query):
            times.setdefault(round_, []).append(saved_at)
    return [pace_of(times[round_]) if round_ in times else None for round_ in rounds]


def pace_of(times: Sequence[str]) -> JudgePace:
    """Return the pace of answers saved at these times, the last one first."""
    moments = [datetime.fromisoformat(time).timestamp() for time in times]
    gaps = [later - earlier for later, earlier in pairwise(moments) if 0 <= later - earlier <= LONGEST_GAP_S]
    return JudgePace(median(gaps) if len(gaps) >= FEWEST_GAPS else None, times[0])
