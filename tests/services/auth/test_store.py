from collections.abc import Callable

import pytest
import sqlalchemy as sa

from contracts.refusals import Conflict, Unavailable
from services.auth.store import reading, writing
from services.auth.tables import USERS

ROW = {"id": "user-1", "role": 1, "judge": None, "service": False, "created_at": 0.0}


def test_a_transaction_is_all_or_nothing(engine: sa.Engine) -> None:
    """A refusal inside takes back what was written, and goes on as it is."""

    def refuse() -> None:
        with writing(engine) as connection:
            connection.execute(USERS.insert().values(ROW))
            raise Conflict("no")

    with pytest.raises(Conflict):
        refuse()
    with reading(engine) as connection:
        assert connection.execute(sa.select(USERS)).all() == []


def test_a_store_that_is_away_is_said_without_its_text(
    engine: sa.Engine, lose_store: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Reading and writing raise Unavailable; the log has the class only."""
    lose_store()
    for way in (reading, writing):
        with pytest.raises(Unavailable), way(engine) as connection:
            connection.execute(USERS.insert().values(ROW))
    assert "user-1" not in caplog.text
    assert "OperationalError" in caplog.text


def test_a_defect_is_not_taken_for_an_absence(engine: sa.Engine) -> None:
    """A broken rule of the tables stays what it is."""
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(USERS.insert(), [ROW, ROW])
