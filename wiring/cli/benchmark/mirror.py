"""`tipbench mirror`: brings MLflow to what an experiment is now, when it was away before."""

import click

from contracts.benchmark.tracking import Status
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec
from resources.tracking.mirroring import mirror
from wiring.cli.context import bench_context_of, name_argument
from wiring.cli.terminal import say
from wiring.exit_codes import DONE, PARTIAL


@click.command("mirror")
@name_argument
@click.pass_context
def mirror_command(ctx: click.Context, name: str) -> int:
    """Mirror the experiment NAME into MLflow and wait for it; exit 3 when MLflow cannot take it now."""
    bench = bench_context_of(ctx)
    spec = pinned_spec(bench.home, name)
    problems: list[str] = []
    status: Status = "judged" if read_published(bench.home, name) else "collected"
    links = mirror(bench, spec, status, log=problems.append, wait_s=None)
    for problem in problems:
        say(f"tipbench: {problem}", err=True)
    if problems:
        return PARTIAL
    say(f"{name} is mirrored: {links['mlflow']}, run {links['mlflow_run']}")
    return DONE
