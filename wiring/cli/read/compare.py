"""`tipbench compare`: what changed from one experiment to another by more than noise."""

import click

from core.sanitize import visible
from resources.choosing.comparing import compare
from wiring.cli.context import bench_context_of, format_option
from wiring.cli.output import print_records
from wiring.cli.terminal import say
from wiring.exit_codes import DONE


@click.command("compare")
@click.argument("first")
@click.argument("second")
@format_option
@click.pass_context
def compare_command(ctx: click.Context, first: str, second: str, format_: str) -> int:
    """Say which cells changed from the experiment FIRST to SECOND, such as one that repeats it.

    Differences are of cells of one name, on scenarios that are equal in both, by the same judges, with p adjusted by
    Holm over the cells.
    """
    changes, notes = compare(bench_context_of(ctx), first, second)
    print_records(changes, format_)
    for note in notes if format_ == "table" else ():
        say(visible(note))
    return DONE
