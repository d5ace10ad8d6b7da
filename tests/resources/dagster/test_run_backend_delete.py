"""Launches of which nothing came are launched again, or deleted, on a real instance and code server."""

import dagster as dg
import pytest

from contracts.refusals import Conflict, NameTaken, NotFound
from resources.dagster.instance import PARTITION
from resources.lake.specs import read_spec
from tests.resources.dagster.conftest import DagsterSetup

pytestmark = pytest.mark.slow


def _ended(setup: DagsterSetup, run_id: str, status: str) -> None:
    """The run has ended as canceled, or as failed before its first request."""
    if status == "canceled":
        setup.launches.cancel(run_id)
    else:
        run = setup.host.instance.get_run_by_id(run_id)
        assert run is not None
        setup.host.instance.report_run_failed(run)
    assert setup.launches.run(run_id).status == status


@pytest.mark.parametrize("status", ["canceled", "failure"])
def test_a_launch_that_came_to_nothing_is_launched_again_or_deleted(setup: DagsterSetup, status: str) -> None:
    """The same options are a new run; others are refused until the name is freed, and then are a new pin."""
    request = setup.request(status)
    first = setup.launches.launch(request)
    _ended(setup, first.run_id, status)
    second = setup.launches.launch(request)
    assert (second.run_id != first.run_id, second.repeated) == (True, False)
    with pytest.raises(Conflict, match=f"run {second.run_id} of {request.experiment} is queued or goes on: cancel it"):
        setup.launches.delete(request.experiment)
    _ended(setup, second.run_id, status)
    other = setup.request(status, n_scenarios=3)
    with pytest.raises(NameTaken, match=f"tipbench delete {request.experiment} frees its name"):
        setup.launches.launch(other)
    assert setup.launches.delete(request.experiment).notes == []
    assert request.experiment not in setup.host.instance.get_dynamic_partitions("experiment")
    with pytest.raises(NotFound):
        setup.launches.delete(request.experiment)
    third = setup.launches.launch(other)
    assert not third.repeated
    spec = read_spec(setup.bench.home, request.experiment)
    assert spec is not None
    assert len(spec.scenarios) == 3
    assert request.experiment in setup.host.instance.get_dynamic_partitions("experiment")
    tags = {PARTITION: request.experiment}
    assert setup.host.instance.get_runs_count(dg.RunsFilter(tags=tags)) == 3
