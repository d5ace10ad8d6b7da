"""`tipbench run`: launches a benchmark or goes on with it."""

from typing import Any

import click

from core.benchmark.spec import Spec
from resources.bench_context import BenchContext
from resources.collect.repeating import repeat
from resources.steps.chain import ChainResult
from wiring.cli.benchmark.ending import (
    ending_code,
    left_code,
    show_collected,
    show_exports,
    show_leaderboard,
)
from wiring.cli.context import (
    bench_context_of,
    benchmark_options,
    judge_option,
    name_argument,
    next_command,
    options_from,
    warn,
)
from wiring.cli.terminal import say
from wiring.exit_codes import DONE
from wiring.operations.chain import chain_of
from wiring.operations.launching import RunInterrupted, launch_benchmark, run_benchmark

EXAMPLE = "\b\ntipbench run tip-bench-first --models template,gemma3-270m --n-scenarios 10"
"""The backspace is click's mark for a paragraph that keeps its lines."""


@click.command("run", epilog=EXAMPLE)
@name_argument
@benchmark_options
@judge_option
@click.option("--repeats", metavar="OLD", help="Run all that OLD pinned again, as NAME, with other seeds.")
@click.option("--accept-failures", is_flag=True, help="Make what cannot be collected final failures.")
@click.option("--retry-failed", is_flag=True, help="Ask again for what failed; it is paid again.")
@click.pass_context
def run_command(
    ctx: click.Context,
    /,
    name: str,
    judges: tuple[str, ...],
    repeats: str | None,
    accept_failures: bool,
    retry_failed: bool,
    **given: Any,
) -> int:
    """Launch the benchmark NAME, or go on with it.

    The first run pins the options; later runs need none and ask only for what is missing. With --repeats it is all
    that OLD pinned, collected and judged again: `compare OLD NAME` says what changed. Ends with exit code 3 when some
    generations failed for now or the ceiling was reached: run again to go on.
    """
    bench = bench_context_of(ctx)
    if repeats is not None:
        repeat(bench, name, repeats, given)
        bench = bench.for_request()
    return run_experiment(bench, name, given, judges, accept=accept_failures, retry=retry_failed)


def run_experiment(
    bench: BenchContext, name: str, given: dict[str, Any], judges: tuple[str, ...], *, accept: bool, retry: bool = False
) -> int:
    """Launch, run the whole chain and say what came of it."""
    launched = launch_benchmark(bench, name, options_from(given), judges, retry=retry)
    for note in launched.notes:
        say(note)
    for warning in launched.warnings:
        say(f"warning: {warning}", err=True)
    with chain_of(bench, name, warn, launched.spec) as chain:
        try:
            passed = run_benchmark(bench, name, chain, accept=accept, retry=retry)
        except RunInterrupted as stop:
            raise KeyboardInterrupt(f"{stop}, {next_command('run', name)}") from None
        return show_run(bench, launched.spec, chain.result, passed=passed)


def show_run(bench: BenchContext, spec: Spec, result: ChainResult, *, passed: bool) -> int:
    """Say what came of a run; return its exit code."""
    if result.collected is not None:
        show_collected(bench, spec.experiment, result.collected)
    if not passed:
        return ending_code(bench, spec.experiment, result.collected)
    show_leaderboard(bench, spec)
    show_exports(bench, spec)
    return DONE if result.collected is None else left_code(spec.experiment, result.collected)
