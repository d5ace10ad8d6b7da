"""`tipbench demo`: from nothing to a leaderboard on the embedded model, and what to do next."""

import click
import msgspec

from core.benchmark.spec import Options, Spec
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.lake.leaderboards import read_published
from resources.lake.specs import read_spec
from resources.steps.chain import BENCHMARK
from wiring.cli.benchmark.ending import ending_code, show_collected, show_exports, show_leaderboard
from wiring.cli.context import bench_context_of, next_command, warn
from wiring.cli.terminal import say
from wiring.exit_codes import DONE
from wiring.operations.chain import chain_of
from wiring.operations.launching import launch_notes

NAME = "tip-bench-demo"
OPTIONS = Options(
    models=("gemma3-270m", "template"),
    prompts=("continue", "continue-coach", "continue-evidence"),
    n_tips=1,
    temperature=0.7,
    seed=1,
)
SCENARIOS = 8
AUTOMATIC = """
The judge of this leaderboard is automatic: `heuristics` measures length, reading ease, concreteness,
hedging and overlap with the situation. It says nothing about whether a tip is good advice.
For that, let a person or an agent judge."""
JUDGES = ("heuristics=program", "claude=agent")

LOOP = """
Served tips, what users do with them, and whether the scores foretold it: with users whom the program plays,"""


@click.command("demo")
@click.pass_context
def demo_command(ctx: click.Context) -> int:
    """Make tip-bench-demo: Gemma 270M in this process against the template baseline, judged by the program judge.

    Needs no network, no key and no server. Run again it finds everything done.
    """
    bench = bench_context_of(ctx)
    pinned = read_spec(bench.home, NAME)
    spec = launch(bench, NAME, demo_options(bench, pinned), JUDGES, by_default=True)
    for note in launch_notes(spec, new=pinned is None):
        say(note)
    published = read_published(bench.home, NAME)
    if published and not any(row.n_pending for row in published.rows):
        say("everything is done already: all tips are collected and judged by the program")
    else:
        with chain_of(bench, NAME, warn, spec) as chain:
            passed = chain.run(BENCHMARK)
            if chain.result.collected is not None:
                show_collected(bench, NAME, chain.result.collected)
            return _end(bench, spec) if passed else ending_code(bench, NAME, chain.result.collected)
    return _end(bench, spec)


def demo_options(bench: BenchContext, pinned: Spec | None) -> Options:
    """Return the demo's options, with as many scenarios as are pinned; else eight, or all of a catalog of fewer."""
    count = len(pinned.scenarios) if pinned else min(SCENARIOS, len(bench.catalog().scenarios) or SCENARIOS)
    return msgspec.structs.replace(OPTIONS, n_scenarios=count)


def _end(bench: BenchContext, spec: Spec) -> int:
    show_leaderboard(bench, spec)
    published = read_published(bench.home, NAME)
    if published and any(row.judge_kind == "program" for row in published.rows):
        say(AUTOMATIC)
    show_exports(bench, spec)
    if published:
        say(f"{LOOP}\n  {next_command('simulate-users')}")
    return DONE
