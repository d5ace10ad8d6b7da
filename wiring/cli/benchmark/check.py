"""`tipbench check`: the same checks as in the asset graph, on what the lake holds now."""

import click

from resources.scoring.checking import run_checks
from wiring.cli.context import bench_context_of, format_option, name_argument
from wiring.cli.output import print_records
from wiring.exit_codes import CHECK_FAILED, DONE


@click.command("check")
@name_argument
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@format_option
@click.pass_context
def check_command(ctx: click.Context, name: str, strict: bool, format_: str) -> int:
    """Evaluate the checks of NAME; exit 1 when an error fails, with --strict when a warning does."""
    results = run_checks(bench_context_of(ctx), name)
    print_records(results, format_, columns=["name", "passed", "severity", "message"] if format_ == "table" else None)
    failed = [result for result in results if not result.passed and (strict or result.severity == "error")]
    if failed:
        click.echo(f"{len(failed)} of {len(results)} checks failed: {', '.join(r.name for r in failed)}", err=True)
    return CHECK_FAILED if failed else DONE
