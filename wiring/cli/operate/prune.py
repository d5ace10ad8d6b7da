"""`tipbench prune`: what the daemon does every night, by hand."""

import click

from wiring.cli.context import settings_of
from wiring.cli.terminal import say
from wiring.modules.retention import pruner


@click.command("prune")
@click.pass_context
def prune_command(ctx: click.Context) -> None:
    """Delete rows, runs and files that are past their time, and say how many of which kind."""
    deleted = pruner(settings_of(ctx))()
    for table, rows in sorted(deleted.items()):
        if rows:
            say(f"{table}: {rows}")
    say(f"deleted {sum(deleted.values())} rows")
