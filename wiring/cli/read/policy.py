"""`tipbench evaluate-policy`: what another policy would have earned on logged decisions."""

from pathlib import Path
from typing import Any

import click

from core.off_policy.evaluate import PolicyEstimate
from resources.lake.arrow_alone import keep_pandas_out
from wiring.cli.context import format_option
from wiring.cli.output import print_records
from wiring.cli.terminal import say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("evaluate-policy")
@click.argument("log", type=FILE)
@click.option(
    "--target", type=FILE, required=True, help="The policy that is evaluated: its probability of each action."
)
@click.option("--clip", type=click.FloatRange(0, min_open=True), help="Largest weight of a decision.  [default: √n]")
@format_option
def evaluate_policy_command(log: Path, target: Path, clip: float | None, format_: str) -> None:
    """Evaluate the policy in --target: the mean reward that it would have earned on the decisions in LOG.

    LOG and the target are Parquet, CSV or JSON lines, made here or elsewhere; docs/off-policy.md has their columns and
    what the six estimators are. An estimate that cannot be trusted is refused with the reason, its value beside it.
    """
    from resources.off_policy.evaluation import evaluate_files

    keep_pandas_out()
    rows = evaluate_files(log, target, clip)
    if format_ != "table":
        print_records(rows, format_)
        return
    print_records([_readable(row) for row in rows], "table")
    for reason in dict.fromkeys(row.refused for row in rows if row.refused):
        say(f"{', '.join(row.estimator for row in rows if row.refused == reason)}: {reason}")
    say("mean reward of a decision under the target, with 95 % intervals clustered by user")


def _readable(row: PolicyEstimate) -> dict[str, Any]:
    return {
        "estimator": row.estimator,
        "value": "–" if row.value is None else f"{row.value:.4g}",
        "95 %": "–" if row.low is None else f"{row.low:.4g} … {row.high:.4g}",
        "n": row.n,
        "effective": f"{row.ess:.0f}",
        "mean weight": f"{row.mean_weight:.3f}",
        "max weight": f"{row.max_weight:.4g}",
    }
