"""`tipbench try`: one rendered prompt and its answer, outside any experiment."""

import asyncio

import click

from core.benchmark.cut import cut
from core.benchmark.draw import draw
from core.benchmark.grid import grid
from core.benchmark.outcome import cost_of
from core.benchmark.spec import Options
from core.sanitize import visible
from resources.catalog import UnknownEntry
from resources.collect.collector import rendered_for, request_for
from resources.collect.launch import draft
from resources.models.endpoint_check import with_advice
from resources.models.registry import check_keys, open_clients
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
    known = {entry.id: entry for entry in bench.catalog().scenarios}
    if scenario is not None and scenario not in known:
        raise UnknownEntry("scenario", scenario, list(known), ("scenario",))
    options = Options(models=(model,), prompts=(prompt,), temperature=temperature, seed=seed, n_tips=1, n_scenarios=1)
    spec = draft(bench, "tip-bench-try-only-never-pinned", options)
    chosen = known[scenario] if scenario else draw(tuple(known.values()), 1, seed)[0]
    spec = type(spec)(**{**{f: getattr(spec, f) for f in spec.__struct_fields__}, "scenarios": (chosen,)})
    check_keys(spec.models, bench.keys)
    generation = next(iter(grid(spec)))
    rendered = rendered_for(spec, generation)
    request = request_for(spec, generation, rendered)

    say_heading(f"scenario {chosen.id}")
    for message in rendered.messages or ():
        say(f"[{message.role}]\n{visible(message.content)}\n")
    if rendered.text is not None:
        say(visible(rendered.text) + "\n")

    async def ask() -> int:
        async with open_clients(
            spec.models, keys=bench.keys, home=bench.home, catalogs=bench.catalogs, seed=seed, on_send=lambda _: None
        ) as clients:
            with waiting(f"waiting for {visible(model)}"):
                answer = await clients[spec.models[0].name].answer(request)
        tip = cut(answer.text or "", spec.prompts[0], spec.models[0].reasoning_tags)
        if answer.kind != "text":
            requested = spec.models[0]
            said = answer.error or "no answer"
            if requested.endpoint and answer.kind in {"misconfigured", "transient"}:
                said = with_advice(requested.endpoint, requested, answer)
            say(f"{answer.kind}: {visible(said)}", err=True)
            return PARTIAL
        say_heading("raw answer")
        say(f"{visible(answer.text or '')}\n")
        say_heading("tip")
        say(f"{tip or '(blank after cuts)'}\n")
        cost = cost_of(spec.models[0], answer.tokens_in, answer.tokens_out, replayed=answer.replayed)
        money = "cost not known" if cost is None else f"{cost:.6f} USD"
        say(f"{answer.tokens_in} tokens in, {answer.tokens_out} out, {answer.latency_ms or 0:.0f} ms, {money}")
        return DONE

    return asyncio.run(ask())
