"""Deletes an experiment and kills itself before a step; see tests.killed_steps."""

import dagster as dg
import sqlalchemy as sa

from resources.admin.deletion import delete_experiment
from resources.dagster.instance import ExperimentPartitions, read_migrations_once
from resources.dagster.recorder import open_instance
from resources.home import Home
from tests.killed_steps import answer_with_forks, bare_bench, kill_before


def delete(home: Home, step: int) -> None:
    """Delete the experiment, counting steps."""
    instance: dg.DagsterInstance
    with open_instance(home) as instance:
        kill_before(step, {"os.rename", "os.remove", "os.rmdir"}, sa.Engine)
        delete_experiment(bare_bench(home), "tip-bench-small", ExperimentPartitions(instance))


if __name__ == "__main__":
    read_migrations_once()
    answer_with_forks(delete)
