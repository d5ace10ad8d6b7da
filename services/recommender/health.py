"""What an operator is told of the log of decisions: whether its draws, and what was learnt, follow from it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.plurals import counted, listed
from core.policies.configuration import Policy, RandomPolicy
from core.policies.state import counts_hash
from kit.sql.sessions import snapshot
from services.recommender.drawing.decisions import follows_from_its_log
from services.recommender.drawing.redraw import compared_probabilities
from services.recommender.learning.states import folded, rules, stored
from services.recommender.tables import COUNTS, DECISIONS, PROMOTIONS, STATES

NEWEST = 200
"""Decisions that a check draws again."""


def decision_faults(
    engine: sa.Engine, first: Policy | None = None, scores: Mapping[str, float] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (what, fault) for the log of decisions, an empty fault where all is well; nothing without its tables.

    `first` is the policy of the settings, `scores` are those of the arms by which policies draw today.
    """
    if not sa.inspect(engine).has_table(PROMOTIONS.name):
        return
    with snapshot(engine) as connection:
        newest = connection.execute(sa.select(DECISIONS).order_by(DECISIONS.c.made_at.desc()).limit(NEWEST)).all()
        broken = [row.id for row in newest if not follows_from_its_log(connection, row)]
        compared = list(compared_probabilities(connection, newest, first or RandomPolicy(), scores or {}))
    other = [decision for decision, same in compared if not same]
    yield "decisions", _decision_fault(newest, broken, other)
    if newest and not other:
        yield f"{len(compared)} of the newest {counted(len(newest), 'decision')} compared with policy and state", ""
    with snapshot(engine) as connection:
        wrong = [policy for policy in rules(connection) if not _is_fold(connection, policy)]
    yield (
        "policy state",
        f"counts of {counted(len(wrong), 'way')} of counting are not the fold of the log: stop the server, then delete "
        f"the rows of {STATES.name} and {COUNTS.name}, which are made again from the log"
        if wrong
        else "",
    )


def _decision_fault(newest: Sequence[Any], broken: Sequence[str], other: Sequence[str]) -> str:
    faults = [
        *([f"{len(broken)} of the newest {len(newest)} do not follow from their log"] if broken else []),
        *(
            [f"of {len(other)} policy, state and eligible cells give other probabilities ({listed(other, 5)})"]
            if other
            else []
        ),
    ]
    advice = "somebody changed the database, or another version drew: estimates on these are wrong"
    return f"{'; '.join(faults)}: {advice}" if faults else ""


def _is_fold(connection: sa.Connection, policy: Policy) -> bool:
    found = stored(connection, policy)
    return found is not None and counts_hash(found[1]) == counts_hash(folded(connection, policy))
