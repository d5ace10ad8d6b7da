"""What the log has of simulated users, and whether there is anybody in it who is none."""

import sqlalchemy as sa

from core.simulated_users.names import PREFIX
from kit.times import milliseconds
from services.recommender.tables import DECISIONS

_IS_SIMULATED = DECISIONS.c.user.startswith(PREFIX, autoescape=True)


def has_people(connection: sa.Connection) -> bool:
    """Return whether a decision in the log is of a person, who is whoever is not simulated."""
    others = sa.select(DECISIONS.c.id).where(sa.not_(_IS_SIMULATED)).limit(1)
    return connection.execute(others).first() is not None


def simulated_decisions(connection: sa.Connection) -> dict[tuple[str, int], str]:
    """Return the ids of simulated users' decisions, by user and milliseconds."""
    theirs = sa.select(DECISIONS.c.user, DECISIONS.c.made_at, DECISIONS.c.id).where(_IS_SIMULATED)
    return {(row.user, milliseconds(row.made_at)): row.id for row in connection.execute(theirs)}
