"""`tipbench try`: one rendered prompt and its answer, outside any experiment."""

import asyncio

import click

from contracts.benchmark.trials import TrialRequest
from core.sanitize import visible
from resources.collect.trial import ask_trial, draft_trial
from wiring.cli.context import bench_context_of
from wiring.cli.progress import waiting
from wiring.cli.terminal import say, say_heading
from wiring.exit_codes import DONE, PARTIAL


@click.command("try")
@click.argument("model")
@click.argument("prompt")
@click.argument("scenario", required=False)
@click.option("--temperature", type=float, default=0.7, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.pass_context
def try_command(
    ctx: click.Context, model: str, prompt: str, scenario: str | None, temperature: float, seed: int
) -> int:
    """Render PROMPT for SCENARIO (default: one drawn by the seed), ask MODEL once and show the tip.

    Nothing is kept; a remote model is paid for this one answer.
    """
    bench = bench_context_of(ctx)
    request = TrialRequest(model=model, prompt=prompt, scenario=scenario, temperature=temperature, seed=seed)
    trial = draft_trial(bench, request)
    say_heading(f"scenario {trial.spec.scenarios[0].id}")
    for message in trial.rendered.messages or ():
        say(f"[{message.role}]\n{visible(message.content)}\n")
    if trial.rendered.text is not None:
        say(visible(trial.rendered.text) + "\n")
    with waiting(f"waiting for {visible(model)}"):
        answer = asyncio.run(ask_trial(bench, trial))
    if answer.kind != "text":
        say(f"{answer.kind}: {visible(answer.error or 'no answer')}", err=True)
        return PARTIAL
    say_heading("raw answer")
    say(f"{visible(answer.raw or '')}\n")
    say_heading("tip")
    say(f"{answer.tip or '(blank after cuts)'}\n")
    money = "cost not known" if answer.cost is None else f"{answer.cost:.6f} USD"
    say(f"{answer.tokens_in} tokens in, {answer.tokens_out} out, {answer.latency_ms or 0:.0f} ms, {money}")
    return DONE
