"""`tipbench decisions`: which tips were drawn with what probability and what became of them, for analysis."""

from pathlib import Path

import click

from resources.decisions.export import write_log
from wiring.cli.context import settings_of
from wiring.cli.terminal import say
from wiring.modules.signals import publish_decisions_of


@click.command("decisions")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write all days into one Parquet file.")
@click.option("--since", metavar="DAY", help="With --output: leave out days before this one, YYYY-MM-DD.")
@click.option("--until", metavar="DAY", help="With --output: leave out days after this one, YYYY-MM-DD.")
@click.pass_context
def decisions_command(ctx: click.Context, output: Path | None, since: str | None, until: str | None) -> None:
    """Bring the Parquet parts under `decisions/` of the home up to date, one a day.

    Rows are under pseudonyms and with coarse features alone, only of users who agreed to `improve`, and only once their
    outcome can no longer change: twice the hours in which acting on a tip is a reward. The file that --output names is
    a log for `tipbench evaluate-policy`.
    """
    settings = settings_of(ctx)
    rows = publish_decisions_of(settings)
    say(f"wrote {rows} rows of decisions below {settings.home.shown('decisions')}")
    if output is not None:
        say(f"wrote {write_log(settings.home.storage, output, since, until)} rows to {output}")
