"""What an operator is told of the log of decisions: whether its draws follow from what is logged."""

from collections.abc import Iterator

import sqlalchemy as sa

from kit.sql.sessions import reading
from services.recommender.drawing.decisions import follows_from_its_log
from services.recommender.tables import DECISIONS

NEWEST = 200
"""Decisions that a check draws again."""


def decision_faults(engine: sa.Engine) -> Iterator[tuple[str, str]]:
    """Yield (what, fault) for the log of decisions, an empty fault where all is well; nothing without its tables."""
    if not sa.inspect(engine).has_table(DECISIONS.name):
        return
    with reading(engine) as connection:
        newest = connection.execute(sa.select(DECISIONS).order_by(DECISIONS.c.made_at.desc()).limit(NEWEST)).all()
        broken = [row.id for row in newest if not follows_from_its_log(connection, row)]
    fault = f"{len(broken)} of the newest {len(newest)} do not follow from their log"
    advice = "somebody changed the database, or another version drew: estimates on these are wrong"
    yield (
        "decisions",
        f"{fault}: {advice}" if broken else "",
    )
