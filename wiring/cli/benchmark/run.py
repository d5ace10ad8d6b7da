"""`tipbench run`: launches a benchmark or goes on with it."""

from typing import Any

import click

from core.benchmark.grid import size_in_words
from core.benchmark.spec import Options, Spec
from core.plurals import counted
from core.sanitize import visible
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.collect.model_changes import sentences
from resources.lake.candidates import failed_keys
from resources.lake.runs import read_runs
from resources.lake.specs import read_records, read_spec
from resources.steps.chain import BENCHMARK, ChainResult
from wiring.cli.benchmark.chain import chain_of
from wiring.cli.benchmark.ending import ending_code, show_collected, show_exports, show_failures, show_leaderboard
from wiring.cli.context import (
    bench_context_of,
    benchmark_options,
    judge_option,
    name_argument,
    next_command,
    options_from,
)
from wiring.cli.launch_warnings import warn_of
from wiring.cli.terminal import say
from wiring.exit_codes import DONE

EXAMPLE = "\b\ntipbench run tip-bench-first --models template,gemma3-270m --n-scenarios 10"
"""The backspace is click's mark for a paragraph that keeps its lines."""


@click.command("run", epilog=EXAMPLE)
@name_argument
@benchmark_options
@judge_option
@click.option("--accept-failures", is_flag=True, help="Make what cannot be collected final failures.")
@click.option("--retry-failed", is_flag=True, help="Ask again for what failed; it is paid again.")
@click.pass_context
def run_command(
    ctx: click.Context,
    /,
    name: str,
    judges: tuple[str, ...],
    accept_failures: bool,
    retry_failed: bool,
    **given: Any,
) -> int:
    """Launch the benchmark NAME, or go on with it.

    The first run pins the options; later runs need none and ask only for what is missing. Ends with exit code 3 when
    some generations failed for now or the ceiling was reached: run again to go on.
    """
    return run_experiment(bench_context_of(ctx), name, given, judges, accept=accept_failures, retry=retry_failed)


def run_experiment(
    bench: BenchContext, name: str, given: dict[str, Any], judges: tuple[str, ...], *, accept: bool, retry: bool = False
) -> int:
    """Launch, run the whole chain and say what came of it."""
    pinned_before = read_spec(bench.home, name) is not None
    known = len(read_records(bench.home, name))
    options = options_from(given)
    spec = launch(bench, name, options, judges, by_default=True)
    say_launch(spec, new=not pinned_before)
    if not pinned_before and options == Options():
        say(
            f"no option is given, so the defaults hold: models {', '.join(model.name for model in spec.models)}; "
            f"prompts {', '.join(prompt.name for prompt in spec.prompts)}"
        )
    warn_of(bench, spec, new=not pinned_before)
    for line in sentences(read_records(bench.home, name)[known:]):
        say(visible(line))
    if (
        given.get("n_scenarios") is None
        and not spec.extends
        and len(spec.scenarios) < (bench.defaults.n_scenarios or 0)
    ):
        say(f"the catalog holds {counted(len(spec.scenarios), 'scenario')}: no more can be taken")
    if retry:
        failed = counted(len(failed_keys(bench.home, name)), "failure is", "failures are")
        say(f"{failed} asked for again and paid again")
    with chain_of(bench, name) as chain:
        try:
            passed = chain.run(BENCHMARK, accept=accept, retry=retry)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_interrupted(bench, name)) from None
        return show_run(bench, spec, chain.result, passed=passed)


def _interrupted(bench: BenchContext, name: str) -> str:
    """Return what an interrupted run leaves behind and how to go on."""
    last = read_runs(bench.home, name)[-1:]
    count = f"{last[0].done} of {last[0].expected} generations are final and kept" if last else "nothing is lost"
    return f"interrupted; {count}, what was under way is asked again: run again to go on, {next_command('run', name)}"


def show_run(bench: BenchContext, spec: Spec, result: ChainResult, *, passed: bool) -> int:
    """Say what came of a run; return its exit code."""
    if result.collected is not None:
        show_collected(result.collected)
        if result.collected.failed:
            show_failures(bench, spec.experiment)
    if not passed:
        return ending_code(bench, spec.experiment, result.collected)
    show_leaderboard(bench, spec)
    show_exports(bench, spec)
    return DONE


def say_launch(spec: Spec, *, new: bool) -> None:
    """Print one line on what is pinned, and one for each skipped model."""
    say(f"{spec.experiment}: {'pinned' if new else 'going on with'} {size_in_words(spec)}")
    for skipped in spec.skipped:
        say(
            f"skipped {skipped.model}: {skipped.parameters_b:g} billion parameters, over max_model_b "
            f"{spec.options.max_model_b:g}"
        )
