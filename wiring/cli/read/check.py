"""`tipbench check`: the checks of the asset graph on what the lake holds now, and gates on one cell."""

import click

from core.plurals import counted
from resources.announcements.failed_checks import note_checks
from wiring.cli.context import bench_context_of, format_option, name_argument
from wiring.cli.output import print_records
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE, PARTIAL
from wiring.operations.listing import checks_of


@click.command("check")
@name_argument
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--cell", metavar="MODEL/PROMPT", help="The cell that the limits are about; default: the leader.")
@click.option("--min-score", type=float, help="Least low end of its score's interval, in rubric units.")
@click.option("--max-failures", type=click.FloatRange(0, 1), help="Largest share of its failed generations, 0 to 1.")
@click.option("--max-p95-ms", type=click.FloatRange(0), help="Largest 95th percentile of its latency.")
@click.option("--max-cost-per-1k", type=click.FloatRange(0), help="Largest cost of 1,000 of its tips, in USD.")
@click.option("--against", metavar="OTHER", help="Hold the cell, by itself the shipped one, against that of OTHER.")
@click.option("--max-drop", type=click.FloatRange(0), help="How far its score may be below that of OTHER.")
@click.option("--allow-undecided", is_flag=True, help="End with 0 where the data do not tell whether it dropped.")
@format_option
@click.pass_context
def check_command(
    ctx: click.Context, /, name: str, strict: bool, format_: str, allow_undecided: bool, **limits: float | str | None
) -> int:
    """Evaluate the checks of NAME; exit 1 when an error fails, with --strict when a warning does.

    The limits hold for one cell of the published leaderboard; what is not given is taken from [checks] of
    tipbench.toml. Without scores there is no leader, and its limits fail. Ends with 3 where only it is not known
    whether the cell is worse than in OTHER.
    """
    bench = bench_context_of(ctx)
    results = checks_of(bench, name, limits)
    note_checks(bench.home, name, results, bench.now, strict=strict)
    print_records(results, format_, columns=["name", "passed", "severity", "message"] if format_ == "table" else None)
    bad = [result for result in results if not result.passed and (strict or result.severity == "error")]
    failed = [result for result in bad if not result.undecided]
    if failed:
        say(f"{len(failed)} of {counted(len(results), 'check')} failed: {', '.join(r.name for r in failed)}", err=True)
        return CHECK_FAILED
    if bad and not allow_undecided:
        say("not decided: against", err=True)
        return PARTIAL
    return DONE
