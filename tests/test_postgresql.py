"""Databases of PostgreSQL that tests take over from each other: nothing of an earlier test is in them."""

import pytest
import sqlalchemy as sa

from services.auth.tables import USERS
from tests.postgresql import Cluster

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]
NEXT = "SELECT nextval(oid::regclass) FROM pg_class WHERE relkind = 'S'"


def test_an_emptied_database_is_given_again(cluster: Cluster) -> None:
    """Rows, tables of a test's own, numbers that were drawn and connections that stayed open are gone."""
    with cluster.database() as first:
        engine = sa.create_engine(cluster.url(first))
        stays = engine.connect()
        with engine.begin() as connection:
            connection.execute(USERS.insert().values(id="user-1", role=1, service=False, created_at=1.0))
            connection.exec_driver_sql("CREATE TABLE own (number INTEGER)")
            assert connection.exec_driver_sql(NEXT).scalars().all()
        tables = set(sa.inspect(engine).get_table_names()) - {"own"}
    with pytest.raises(sa.exc.OperationalError):
        stays.exec_driver_sql("SELECT 1")
    stays.invalidate()
    engine.dispose()
    with cluster.database() as second:
        assert second == first
        engine = sa.create_engine(cluster.url(second))
        with engine.begin() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(USERS)).scalar_one() == 0
            assert set(connection.exec_driver_sql(NEXT).scalars()) == {1}
        assert set(sa.inspect(engine).get_table_names()) == tables
        engine.dispose()


def test_a_database_of_another_shape_is_given_to_nobody(cluster: Cluster) -> None:
    """One whose tables a test changed is dropped."""
    with cluster.database() as first:
        engine = sa.create_engine(cluster.url(first))
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE auth_users ADD COLUMN more INTEGER")
        engine.dispose()
    with cluster.database() as second:
        assert second != first
    with pytest.raises(sa.exc.OperationalError, match="does not exist"):
        engine.connect()
    engine.dispose()
