"""`tipbench delete`: frees the name of an experiment of which nothing was collected."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from core.benchmark.grid import size_in_words
from core.benchmark.spec import Spec
from core.plurals import counted
from resources.admin.deletion import deletable, delete_experiment
from resources.dagster.instance import ExperimentPartitions
from resources.dagster.recorder import is_made, open_instance
from resources.dagster.recording_queue import RunStoreUnavailable
from resources.home import Home
from resources.lake.candidates import collected_index
from resources.lake.specs import read_records
from wiring.cli.context import bench_context_of, name_argument
from wiring.cli.terminal import ask, say
from wiring.exit_codes import DONE


@click.command("delete")
@name_argument
@click.option("--yes", is_flag=True, help="Do not ask whether you mean it.")
@click.pass_context
def delete_command(ctx: click.Context, name: str, yes: bool) -> int:  # click's own way
    """Delete the experiment NAME, for good, as long as nothing of it has been collected.

    Afterwards the name is free. An experiment with tips, scores, a leaderboard or a round stays, as does one whose run
    goes on.
    """
    bench = bench_context_of(ctx)
    with partitions_of(bench.home) as partitions:
        spec = deletable(bench.home, name, partitions)
        say(_removed(bench.home, spec), err=not yes)
        if not yes and not sys.stdin.isatty():
            raise click.UsageError("nothing was deleted: --yes says that you mean it where nobody can be asked")
        if not yes and not ask(f"Delete {name} for good?"):
            say("nothing was deleted", err=True)
            return DONE
        deleted = delete_experiment(bench, name, partitions)
    for note in deleted.notes:
        say(f"tipbench: {note}", err=True)
    say(f"{name} is deleted: the name can be used again")
    return DONE


def _removed(home: Home, spec: Spec) -> str:
    """Return one sentence on what a deletion removes."""
    name = spec.experiment
    requested = len(collected_index(home, name).places)
    generations = counted(requested, "generation was", "generations were")
    without = f"; {generations} requested and none has an outcome" if requested else ""
    records = counted(len(read_records(home, name)), "record")
    return f"{name}: its pin ({size_in_words(spec)}), {records} and its partition in Dagster are removed{without}"


@contextmanager
def partitions_of(home: Home) -> Iterator[ExperimentPartitions]:
    """Open what Dagster knows of the home's experiments; raise RunStoreUnavailable if its database cannot be read."""
    if not is_made(home):
        yield ExperimentPartitions(None)
        return
    from sqlalchemy.exc import SQLAlchemyError  # Dagster's, which a home without runs does not need

    try:
        with open_instance(home) as instance:
            yield ExperimentPartitions(instance)
    except SQLAlchemyError as error:
        said = f"Dagster's database under {home.dagster} cannot be read, so a run may be under way: {error}"
        raise RunStoreUnavailable(said) from error
