"""Experiments as partitions of an instance in memory."""

import dagster as dg
import pytest
from sqlalchemy.exc import OperationalError

from resources.dagster.instance import PARTITIONS, ExperimentPartitions

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
