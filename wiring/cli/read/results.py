"""`tipbench leaderboard` and `report`: what was published, or a leaderboard by other judges computed on the spot."""

from pathlib import Path

import click

from resources.lake.leaderboards import read_published
from resources.lake.runs import read_runs
from resources.lake.specs import pinned_spec
from wiring.cli.context import (
    bench_context_of,
    format_option,
    name_argument,
    next_command,
    pairwise_option,
    settings_of,
)
from wiring.cli.output import leaderboard_table, print_records, print_slices
from wiring.cli.terminal import say
from wiring.cli.written_file import check_output, write_output
from wiring.exit_codes import DONE, WRONG_INPUT
from wiring.operations.listing import leaderboard_of, slices_by


@click.command("leaderboard")
@name_argument
@click.option("--judges", metavar="KIND|ID,…", help="Rest on these judges instead of the preferred kind.")
@click.option("--slice", "slice_", type=click.Choice(["area", "locale"]), help="A row per cell and slice value.")
@format_option
@pairwise_option
@click.pass_context
def leaderboard_command(ctx: click.Context, name: str, judges: str | None, slice_: str | None, format_: str) -> None:
    """Show the leaderboard of NAME, best first, with 95 % intervals.

    Shows the last published one; before the first publication, and with --judges, it is computed from the lake.
    """
    from resources.lake.candidates import text_counts

    bench = bench_context_of(ctx)
    spec = bench.on_record(name).pinned()
    if slice_ is not None:
        print_slices(slices_by(bench, spec, judges, slice_), format_, slice_)
        return
    cells, notes = leaderboard_of(bench, spec, judges)
    if format_ != "table":
        print_records(cells, format_)
        return
    leaderboard_table(cells, text_counts(bench.home, spec), notes())
    if (last := read_runs(bench.home, name)[-1:]) and last[0].done < last[0].expected:
        left = f"{last[0].done} of {last[0].expected} generations are final"
        say(f"collecting is not done, {left}; to go on: {next_command('run', name)}", err=True)


@click.command("report")
@name_argument
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Copy the report to this file.")
@click.pass_context
def report_command(ctx: click.Context, name: str, output: Path | None) -> int:
    """Name the HTML report of NAME: one file, no network needed to read it."""
    home = settings_of(ctx).home
    pinned_spec(home, name)
    published = read_published(home, name)
    if published is None:
        say(f"tipbench: {name} has no published leaderboard yet: {next_command('run', name)}", err=True)
        return WRONG_INPUT
    if output is not None:
        check_output(output)
        write_output(published.file("report.html"), output)
    say(output or published.place("report.html"))
    return DONE
