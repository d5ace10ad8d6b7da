from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.refusals import Unavailable
from resources.sql.engine import open_engine
from services.profile.store import profile_store


def test_a_store_of_profiles_that_is_away_says_whose_it_is(tmp_path: Path) -> None:
    """Reading and writing raise Unavailable."""
    store = profile_store(open_engine(f"sqlite:///{tmp_path / 'nowhere' / 'tipbench.db'}"))
    for way in (store.reading, store.writing):
        with pytest.raises(Unavailable, match="the store of profiles cannot be reached"), way() as connection:
            connection.execute(sa.text("SELECT 1"))
