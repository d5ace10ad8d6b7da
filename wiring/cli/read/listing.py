"""`tipbench experiments`, `runs` and `tips`: listings of what the lake holds."""

import click

from resources.lake.experiments import list_experiments
from resources.lake.runs import read_runs
from resources.lake.specs import pinned_spec
from wiring.cli.context import format_option, name_argument, settings_of
from wiring.cli.output import print_records


@click.command("experiments")
@click.option("--archived", is_flag=True, help="Show archived ones too.")
@format_option
@click.pass_context
def experiments_command(ctx: click.Context, archived: bool, format_: str) -> None:
    """List experiments with their state, cells and coverage."""
    rows = list_experiments(settings_of(ctx).home, archived=archived)
    print_records(rows, format_)
    if not rows and format_ == "table":
        click.echo("no experiment yet: start with tipbench demo, or tipbench run tip-bench-NAME", err=True)


@click.command("runs")
@name_argument
@format_option
@click.pass_context
def runs_command(ctx: click.Context, name: str, format_: str) -> None:
    """List the collecting runs of NAME: how far each came, and what the experiment has cost by then."""
    home = settings_of(ctx).home
    pinned_spec(home, name)
    print_records(read_runs(home, name), format_)


@click.command("tips")
@name_argument
@click.option("--model", help="Only this model's tips.")
@click.option("--prompt", help="Only this prompt's tips.")
@click.option("--outcome", type=click.Choice(["text", "refused", "failed", "misconfigured"]), help="Only this outcome.")
@click.option("--limit", type=click.IntRange(1), help="At most so many rows.")
@format_option
@click.pass_context
def tips_command(
    ctx: click.Context,
    name: str,
    model: str | None,
    prompt: str | None,
    outcome: str | None,
    limit: int | None,
    format_: str,
) -> None:
    """List the tips of NAME, failed and refused generations included."""
    from resources.lake.candidates import select_candidates

    home = settings_of(ctx).home
    pinned_spec(home, name)
    wanted = {"model": model, "prompt": prompt, "outcome": outcome}
    rows = select_candidates(home, name, {key: value for key, value in wanted.items() if value}, limit)
    short = ["model", "prompt", "scenario_id", "tip_index", "outcome", "text"]
    print_records(rows, format_, columns=short if format_ == "table" else None)
    if not rows and format_ == "table":
        click.echo(f"no such tips; is {name} collected? tipbench runs {name}", err=True)
