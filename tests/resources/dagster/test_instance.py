"""Experiments as partitions of an instance in memory."""

import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from resources.dagster.instance import PARTITIONS, ExperimentPartitions, read_migrations_once
from tests.opened_files import counting_opened

NAME, OTHER = "tip-bench-one", "tip-bench-other"


STORED = [status for status in dg.DagsterRunStatus if status is not dg.DagsterRunStatus.QUEUED]
"""A queued run needs a code server to be stored; the tests of deleting a launch have one."""


@pytest.mark.parametrize("status", STORED, ids=lambda status: status.name)
def test_a_run_is_under_way_until_it_has_ended(status: dg.DagsterRunStatus) -> None:
    """In every state but success, failure and canceled; a run of another experiment is none."""
    with dg.DagsterInstance.ephemeral() as instance:
        partitions = ExperimentPartitions(instance)
        for run_id, name in (("11111111-0000-4000-8000-000000000000", NAME), ("other", OTHER)):
            tags = {"dagster/partition": name}
            instance.add_run(dg.DagsterRun("benchmark", run_id=run_id, status=status, tags=tags))
        found = partitions.run_under_way(NAME)
        assert (found is None) == (status.name in {"SUCCESS", "FAILURE", "CANCELED"})
        assert found in {None, "11111111-0000-4000-8000-000000000000"}
        assert partitions.run_under_way("tip-bench-third") is None


def test_a_partition_is_removed_alone() -> None:
    """Again it changes nothing."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(PARTITIONS, [NAME, OTHER])
        for _ in range(2):
            assert ExperimentPartitions(instance).remove(NAME) is None
        assert list(instance.get_dynamic_partitions(PARTITIONS)) == [OTHER]


def test_a_database_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the partition that remains."""
    with dg.DagsterInstance.ephemeral() as instance:

        def locked(*_: str) -> None:
            raise OperationalError("DELETE", {}, Exception("database is locked"))

        monkeypatch.setattr(instance, "delete_dynamic_partition", locked)
        assert str(ExperimentPartitions(instance).remove(NAME)).endswith(f"Dagit still lists the partition {NAME}")


def test_a_home_without_an_instance_has_no_partitions() -> None:
    """Nothing is under way there, and nothing remains."""
    assert ExperimentPartitions(None).run_under_way(NAME) is None
    assert ExperimentPartitions(None).remove(NAME) is None


def test_migration_scripts_are_read_once(tmp_path: Path) -> None:
    """A home's databases are made and opened again with what was read before; both have Dagster's newest version."""
    read_migrations_once()
    with counting_opened() as opened:
        for _ in range(2):
            with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
                instance.add_dynamic_partitions(PARTITIONS, [NAME])
    assert [name for name in opened if name.startswith("001_")] == []
    assert any(name.startswith("env.") for name in opened)  # which stamps the new databases
    newest = ScriptDirectory(str(Path(dg.__file__).parent / "_core/storage/alembic")).get_current_head()
    for file in tmp_path.rglob("*.db"):
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest,)]
