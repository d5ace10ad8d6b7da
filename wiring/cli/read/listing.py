"""`tipbench experiments`, `runs` and `tips`: listings of what the lake holds."""

import click

from resources.lake.experiments import list_experiments
from resources.lake.runs import read_runs
from resources.lake.specs import pinned_spec
from wiring.cli.context import format_option, name_argument, settings_of
from wiring.cli.output import print_records
from wiring.cli.terminal import say
from wiring.operations.listing import OUTCOMES, reasons_in_words, tips_of

SPARED = ("tip_index", "outcome", "scenario_id")


@click.command("experiments")
@click.option("--archived", is_flag=True, help="Show archived ones too.")
@format_option
@click.pass_context
def experiments_command(ctx: click.Context, archived: bool, format_: str) -> None:
    """List experiments with their state, cells and coverage."""
    rows = list_experiments(settings_of(ctx).home, archived=archived)
    print_records(rows, format_, spared=("provisional", "n_cells"))
    if not rows and format_ == "table":
        say("no experiment yet: start with tipbench demo, or tipbench run tip-bench-NAME", err=True)


@click.command("runs")
@name_argument
@format_option
@click.pass_context
def runs_command(ctx: click.Context, name: str, format_: str) -> None:
    """List the collecting runs of NAME: how far each came, and what the experiment has cost by then."""
    home = settings_of(ctx).home
    pinned_spec(home, name)
    print_records(read_runs(home, name), format_, spared=("run_id", "ended_at"))


@click.command("tips")
@name_argument
@click.option("--model", help="Only this model's tips.")
@click.option("--prompt", help="Only this prompt's tips.")
@click.option("--scenario", metavar="ID", help="Only this scenario's tips.")
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Only this outcome.")
@click.option("--limit", type=click.IntRange(1), help="At most so many rows; of the three below 10 by itself.")
@click.option("--worst", "order", flag_value="worst", help="Those that were scored lowest, the lowest first.")
@click.option("--best", "order", flag_value="best", help="Those that were scored highest, the highest first.")
@click.option("--disagreement", "order", flag_value="disagreement", help="Those whose judges are furthest apart.")
@format_option
@click.pass_context
def tips_command(
    ctx: click.Context,
    name: str,
    model: str | None,
    prompt: str | None,
    scenario: str | None,
    outcome: str | None,
    limit: int | None,
    order: str | None,
    format_: str,
) -> None:
    """List the tips of NAME with their scores, failed and refused generations with their errors.

    While a run goes on, what it has collected by now. With an order also what the judges wrote beside their scores.
    """
    wanted = {"model": model, "prompt": prompt, "scenario_id": scenario, "outcome": outcome}
    rows = tips_of(settings_of(ctx).home, name, wanted, limit, order)
    if format_ == "table":
        rows = [
            {**row, "scores": _by_judge(row["scores"]), "reasons": reasons_in_words(row["reasons"])} for row in rows
        ]
    short = ["model", "prompt", "scenario_id", "tip_index", "outcome", "scores", "text", "error"]
    short += [] if order is None else ["reasons"]
    print_records(rows, format_, columns=short if format_ == "table" else None, spared=SPARED)
    if not rows and format_ == "table":
        missing = f"is {name} collected? tipbench runs {name}" if order is None else "has anybody scored them?"
        say(f"no such tips; {missing}", err=True)


def _by_judge(scores: dict[str, float]) -> str | None:
    return ", ".join(f"{judge} {score:.2f}" for judge, score in sorted(scores.items())) or None
