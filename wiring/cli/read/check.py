"""`tipbench check`: the checks of the asset graph on what the lake holds now, and gates on one cell."""

import click

from core.plurals import counted
from wiring.cli.context import bench_context_of, format_option, name_argument
from wiring.cli.output import print_records
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE
from wiring.operations.listing import checks_of


@click.command("check")
@name_argument
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--cell", metavar="MODEL/PROMPT", help="The cell that the limits are about; default: the leader.")
@click.option("--min-score", type=float, help="Least low end of its score's interval, in rubric units.")
@click.option("--max-failures", type=click.FloatRange(0, 1), help="Largest share of its failed generations, 0 to 1.")
@click.option("--max-p95-ms", type=click.FloatRange(0), help="Largest 95th percentile of its latency.")
@click.option("--max-cost-per-1k", type=click.FloatRange(0), help="Largest cost of 1,000 of its tips, in USD.")
@format_option
@click.pass_context
def check_command(ctx: click.Context, /, name: str, strict: bool, format_: str, **limits: float | str | None) -> int:
    """Evaluate the checks of NAME; exit 1 when an error fails, with --strict when a warning does.

    The limits hold for one cell of the published leaderboard; what is not given is taken from [checks] of
    tipbench.toml. Without scores there is no leader, and its limits fail.
    """
    bench = bench_context_of(ctx)
    results = checks_of(bench, name, limits)
    print_records(results, format_, columns=["name", "passed", "severity", "message"] if format_ == "table" else None)
    failed = [result for result in results if not result.passed and (strict or result.severity == "error")]
    if failed:
        say(f"{len(failed)} of {counted(len(results), 'check')} failed: {', '.join(r.name for r in failed)}", err=True)
    return CHECK_FAILED if failed else DONE
