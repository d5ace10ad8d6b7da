"""The tables against their migrations, and the queries of a request against their indexes."""

from typing import Any

import sqlalchemy as sa

from contracts.tips.recommendations import FeedbackKind
from services.recommender.tables import METADATA
from tests.migrated_tables import differences_of
from tests.services.recommender.world import World


def test_the_migrations_make_the_tables(world: World) -> None:
    """A migrated database has exactly the tables, columns and indexes that the code names."""
    assert differences_of(world.engine, METADATA, "recommender_") == []


def test_no_request_reads_a_whole_table(here: World) -> None:
    """Not a recommendation, the first screen or feedback: what they ask is found by an index, once a state is there."""
    seen = list[tuple[str, Any]]()

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:  # SQLAlchemy's
        if not many and "recommender_" in statement and not statement.startswith("INSERT"):
            seen.append((statement, parameters))

    here.ask("user-b")
    sa.event.listen(here.engine, "before_cursor_execute", note)
    here.section()
    here.say(here.ask(), FeedbackKind.DISMISSED)
    sa.event.remove(here.engine, "before_cursor_execute", note)
    with here.engine.connect() as connection:
        plans = {
            f"{row[3]} for {statement}"
            for statement, parameters in seen
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        }
    assert len(plans) > 8
    read = {plan.split()[1] for plan in plans if plan.startswith("SCAN recommender_")}
    assert read <= {"recommender_pauses", "recommender_promotions", "recommender_states"}, "these have few rows"
