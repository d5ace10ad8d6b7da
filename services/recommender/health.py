"""What an operator is told of the log of decisions: whether its draws, and what was learnt, follow from it."""

from collections.abc import Iterator

import sqlalchemy as sa

from core.plurals import counted
from core.policies.configuration import Policy
from core.policies.state import counts_hash
from kit.sql.sessions import reading, snapshot
from services.recommender.drawing.decisions import follows_from_its_log
from services.recommender.learning.states import folded, rules, stored
from services.recommender.tables import COUNTS, DECISIONS, PROMOTIONS, STATES

NEWEST = 200
"""Decisions that a check draws again."""


def decision_faults(engine: sa.Engine) -> Iterator[tuple[str, str]]:
    """Yield (what, fault) for the log of decisions, an empty fault where all is well; nothing without its tables."""
    if not sa.inspect(engine).has_table(PROMOTIONS.name):
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
    with snapshot(engine) as connection:
        wrong = [policy for policy in rules(connection) if not _is_fold(connection, policy)]
    yield (
        "policy state",
        f"counts of {counted(len(wrong), 'way')} of counting are not the fold of the log: stop the server, then delete "
        f"the rows of {STATES.name} and {COUNTS.name}, which are made again from the log"
        if wrong
        else "",
    )


def _is_fold(connection: sa.Connection, policy: Policy) -> bool:
    found = stored(connection, policy)
    return found is not None and counts_hash(found[1]) == counts_hash(folded(connection, policy))
