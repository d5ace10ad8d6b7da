"""Dead letters as the API pages and gives them back, on each kind of database."""

import pytest
import sqlalchemy as sa

from contracts.paging import InvalidCursor, PageRequest
from services.events.dead_letters import DeadLetterTable
from services.events.tables import DEAD, INBOX


def _dead(engine: sa.Engine, *rows: tuple[str, str, float]) -> None:
    with engine.begin() as connection:
        for consumer, number, at in rows:
            known = {"consumer": consumer, "id": number, "type": "tip.rated.v1", "user": "u1", "body": b"sealed"}
            connection.execute(DEAD.insert().values(**known, error="RuntimeError", attempts=8, at=at))
            waiting = {"state": "dead", "attempts": 8, "not_before": 0.0, "received_at": 0.0}
            connection.execute(INBOX.insert().values(**(known | {"body": None}), **waiting))


def test_pages_follow_each_other_in_order(engine: sa.Engine) -> None:
    """By the time, consumer and id, so that letters of one moment stand on one page only."""
    _dead(engine, ("two", "b", 5.0), ("one", "c", 5.0), ("one", "a", 9.5), ("one", "b", 5.0))
    table, after, seen = DeadLetterTable(engine, lambda: 100.0), None, []
    for more in (True, True, True, False):
        page = table.page(PageRequest(first=1, after=after))
        seen += [(row.consumer, row.id, row.attempts) for row in page.rows]
        after = page.keys[-1]
        assert page.more is more
    assert seen == [("one", "b", 8), ("one", "c", 8), ("two", "b", 8), ("one", "a", 8)]
    only = table.page(PageRequest(where={"consumer": "two"}))
    assert [(row.id, row.at[:19]) for row in only.rows] == [("b", "1970-01-01T00:00:05")]
    assert [each.count and each.count() for each in (only, table.page(PageRequest(first=1)))] == [1, 4]
    for key in (("x",), ("x", "one", "b"), (5.0, "one", 7)):
        with pytest.raises(InvalidCursor):
            table.page(PageRequest(after=key))


def test_what_is_given_back_waits_to_be_tried_anew(engine: sa.Engine) -> None:
    """Of the consumer alone, and what is no dead letter is not counted."""
    _dead(engine, ("one", "a", 1.0), ("one", "b", 2.0), ("two", "a", 3.0))
    table = DeadLetterTable(engine, lambda: 100.0)
    assert table.redeliver("one", ["a", "unknown"]) == 1
    assert table.redeliver("one", ["a"]) == 0
    assert {(row.consumer, row.id) for row in table.page(PageRequest()).rows} == {("one", "b"), ("two", "a")}
    with engine.connect() as connection:
        query = sa.select(INBOX.c.consumer, INBOX.c.id, INBOX.c.attempts, INBOX.c.not_before, INBOX.c.body)
        rows = connection.execute(query.where(INBOX.c.state == "waiting")).all()
    assert rows == [("one", "a", 0, 100.0, b"sealed")]


def test_what_is_given_back_late_waits_all_the_same(engine: sa.Engine) -> None:
    """Its row of the inbox went with its retention; it gets another one with the event's user and type."""
    _dead(engine, ("one", "a", 1.0))
    with engine.begin() as connection:
        connection.execute(INBOX.delete())
    assert DeadLetterTable(engine, lambda: 100.0).redeliver("one", ["a"]) == 1
    with engine.connect() as connection:
        (row,) = connection.execute(sa.select(INBOX)).all()
        assert connection.execute(sa.select(sa.func.count()).select_from(DEAD)).scalar_one() == 0
    assert (row.consumer, row.id, row.type, row.user, row.body) == ("one", "a", "tip.rated.v1", "u1", b"sealed")
    assert (row.state, row.attempts, row.not_before, row.received_at) == ("waiting", 0, 100.0, 100.0)
