"""`tipbench try-judge`: a judge of the catalog on real and planted tips, before it is paid for the rest."""

import json

import click
import msgspec

from core.judging.model_judges.trial import planted_in_words, trial_in_words
from core.sanitize import visible
from resources.judging.trials.administration import view_of
from resources.judging.trials.judge_trials import TriedJudge, try_judge
from wiring.cli.context import bench_context_of, name_argument, next_command
from wiring.cli.terminal import say, say_heading, say_json
from wiring.exit_codes import CHECK_FAILED, DONE, PARTIAL


@click.command("try-judge")
@name_argument
@click.argument("judge")
@click.option("--anyway", is_flag=True, help="Use the judge whatever its trial shows, which is recorded.")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def try_judge_command(ctx: click.Context, name: str, judge: str, anyway: bool, format_: str) -> int:
    """Let JUDGE of the catalog answer 20 tips of NAME twice, and five planted ones with a known fault.

    Shows the prompt, raw answers, how far they differ, and what the rest would cost. Every answer is paid once: what
    `run NAME --judge JUDGE` asks later is not asked again. Exit code 1 for a judge that nonsense gets past.
    """
    bench = bench_context_of(ctx)
    found = try_judge(bench, name, judge, anyway=anyway)
    if format_ == "json":
        say_json(json.dumps(msgspec.to_builtins(view_of(found, judge)), ensure_ascii=False))
    else:
        _show(found)
    if found.trial is None:
        say(f"tipbench: {visible(found.held or 'the trial has no end')}", err=True)
        say(f"run the same command again to go on: {next_command('try-judge', name, judge)}", err=True)
        return PARTIAL
    if found.stop is not None:
        say(f"tipbench: {visible(found.stop)}", err=True)
        return CHECK_FAILED
    return DONE


def _show(found: TriedJudge) -> None:
    say_heading("what is sent")
    say(f"{visible(found.prompt)}\n")
    say_heading("answers to real tips")
    for item in found.items:
        say(visible(item.tip))
        for raw in item.raw:
            say(f"  {visible(raw)}")
    if found.trial is None:
        return
    say_heading("planted tips")
    for answer in found.trial.planted:
        say(visible(planted_in_words(answer, found.spec.rubric)))
        if answer.raw:
            say(f"  {visible(answer.raw)}")
    say_heading("result")
    say(visible(trial_in_words(found.trial, is_new=found.is_new)))
    say(visible(found.rest.in_words))
