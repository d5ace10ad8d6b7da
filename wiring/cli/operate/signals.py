"""`tipbench signals`: what users did with tips, for whoever analyses it."""

import click

from wiring.cli.context import settings_of
from wiring.cli.terminal import say
from wiring.modules.signals import publish_signals_of


@click.command("signals")
@click.pass_context
def signals_command(ctx: click.Context) -> None:
    """Add what is new in the signal log to the Parquet parts under `signals/` of the home.

    Rows are under pseudonyms and without free text, and only of users who agreed to `improve`. What was published
    stays; erasing a user destroys what their pseudonym was made of.
    """
    settings = settings_of(ctx)
    rows = publish_signals_of(settings)
    say(f"published {rows} signals to {settings.home.signals}")
