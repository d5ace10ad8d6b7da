"""`tipbench set-baseline`: the cell that differences are taken to, without a run."""

import click

from core.benchmark.records import BaselineRecord, check_baseline, split_baseline
from resources.lake.leaderboards import read_published
from resources.lake.specs import add_records
from resources.steps.chain import PUBLISH
from wiring.cli.benchmark.ending import show_leaderboard
from wiring.cli.context import bench_context_of, name_argument, warn
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE
from wiring.operations.chain import chain_of


@click.command("set-baseline")
@name_argument
@click.argument("cell", metavar="MODEL/PROMPT")
@click.pass_context
def set_baseline_command(ctx: click.Context, name: str, cell: str) -> int:
    """Take the differences of NAME to the cell MODEL/PROMPT from here on, and publish its leaderboard anew."""
    bench = bench_context_of(ctx)
    spec = bench.on_record(name).open().pinned()
    model, prompt = split_baseline(cell)
    check_baseline(spec.cell_names(), (model, prompt))
    add_records(bench.home, name, [BaselineRecord(model, prompt, bench.author, bench.now())])
    if read_published(bench.home, name) is None:
        say(f"{name}: differences will be taken to {cell}")
        return DONE
    with chain_of(bench, name, warn) as chain:
        passed = chain.run(PUBLISH)
        show_leaderboard(bench, spec)
        return DONE if passed else CHECK_FAILED
