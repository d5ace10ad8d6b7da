"""`tipbench plan`: what a run would generate and cost, before anything is paid."""

from typing import Any

import click

from core.benchmark.names import experiment_name
from core.benchmark.spec import Spec
from core.plurals import counted
from core.sanitize import visible
from resources.choosing.planning import decision_plan
from resources.collect.launch import drafted
from resources.collect.planning import CollectionPlan, plan_of
from resources.judging.anchors import plan_judging
from resources.launching.launch_warnings import warnings_of
from wiring.cli.context import (
    bench_context_of,
    benchmark_options,
    format_option,
    judge_option,
    name_argument,
    options_from,
)
from wiring.cli.output import print_records
from wiring.cli.terminal import say


@click.command("plan")
@name_argument
@benchmark_options
@judge_option
@click.option("--retry-failed", is_flag=True, help="Count what failed, which `run --retry-failed` pays again.")
@click.option("--margin", type=float, help="The difference that will not matter to choose; default: 5 % of the scale.")
@click.option("--seconds-a-tip", type=click.IntRange(1, 600), default=20, show_default=True, help="For a person.")
@format_option
@click.pass_context
def plan_command(
    ctx: click.Context,
    /,
    name: str,
    format_: str,
    retry_failed: bool,
    judges: tuple[str, ...],
    margin: float | None,
    seconds_a_tip: int,
    **given: Any,
) -> None:
    """Show what `run NAME` with these options would ask for: generations, tokens, money; nothing is written.

    Tokens are estimated from the length of the rendered prompts (4 characters a token) and the most a prompt may
    answer, so the money is an upper estimate. What the journal or an extended experiment already holds costs nothing.
    It says too what difference so many scenarios can show, and how many a choice by the margin takes.
    """
    bench = bench_context_of(ctx)
    state = bench.on_record(experiment_name(name))
    spec, new = drafted(bench, state, options_from(given)), state.spec is None
    for warning in warnings_of(bench, spec, new=new):
        say(f"warning: {warning}", err=True)
    plan = plan_of(bench.home, spec, retry=retry_failed)
    judging = plan_judging(bench, spec, plan.generations, judges)
    deciding = decision_plan(bench, spec, margin)
    print_records(plan.cells, format_, spared=("tokens_in", "tokens_out"))
    if format_ != "table":
        return
    say(
        f"\n{spec.experiment}: {counted(plan.generations, 'generation')}, {plan.to_ask} still to ask "
        f"({plan.journaled} in the journal, {plan.taken_over} taken over)"
    )
    say(f"at most {plan.tokens_in} tokens in and {plan.tokens_out} out, {plan.money()}")
    say(_drawn(spec, plan, len(bench.catalog().scenarios) if new and not spec.extends else 0))
    for each in judging:
        if each.of is not None:
            say(each.in_words)
    for each in (own for own in judging if own.of is None) if spec.options.anchors or judges else ():
        again = f", and {each.anchors} of {spec.extends} again" if spec.options.anchors else ""
        say(f"{each.judge} judges at most {counted(each.new, 'new tip')}{again}")
    if by_hand := sum(each.new + each.anchors for each in judging if each.of is None):
        hours = by_hand * seconds_a_tip / 3600
        say(
            f"judging {counted(by_hand, 'tip')} takes {hours:.1f} hours at {seconds_a_tip} seconds a tip, an assumption"
        )
    for sentence in deciding.sentences:
        say(visible(sentence))
    for skipped in spec.skipped:
        say(f"skipped {skipped.model}: {skipped.parameters_b:g} billion parameters, over max_model_b")


def _drawn(spec: Spec, plan: CollectionPlan, held: int) -> str:
    """Return how many scenarios are drawn, of the `held` ones of the catalog where those are more, and their areas."""
    drawn = counted(len(spec.scenarios), "scenario")
    if held > len(spec.scenarios):
        drawn = f"{len(spec.scenarios)} of the catalog's {held} scenarios (--n-scenarios)"
    areas = ", ".join(f"{area} {count}" for area, count in plan.areas.items())
    return drawn if set(plan.areas) == {"none"} else f"{drawn}: {areas}"
