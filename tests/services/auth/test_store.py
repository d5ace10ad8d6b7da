from collections.abc import Callable

import pytest
import sqlalchemy as sa

from contracts.refusals import Unavailable
from services.auth.store import user_store


def test_a_store_of_users_that_is_away_says_whose_it_is(engine: sa.Engine, lose_store: Callable[[], None]) -> None:
    """Reading and writing raise Unavailable."""
    store = user_store(engine)
    lose_store()
    for way in (store.reading, store.writing):
        with pytest.raises(Unavailable, match="the store of users cannot be reached"), way() as connection:
            connection.execute(sa.text("SELECT 1 FROM auth_users"))
