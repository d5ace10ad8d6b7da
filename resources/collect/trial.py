"""A trial: one prompt on one scenario, asked of one model outside any experiment; nothing of it is kept."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.benchmark.models import ModelAnswer, ModelClient, ModelRequest
from contracts.benchmark.trials import TrialAnswer, TrialPlan, TrialRequest
from contracts.refusals import Conflict, InProgress, InvalidInput, Unavailable
from core.benchmark.cut import cut
from core.benchmark.draw import draw
from core.benchmark.grid import grid
from core.benchmark.outcome import cost_of
from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.render import Rendered
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec
from core.expected_error import ExpectedError
from kit.refusals import refusal_of
from kit.tables.encoding import plain
from resources.bench_context import BenchContext
from resources.catalog import Catalog, UnknownEntry
from resources.catalog.entry_texts import parsed
from resources.catalog.prompts import read_prompt
from resources.collect.bounded.embedded import BoundedEmbedded
from resources.collect.collector import rendered_for, request_for
from resources.collect.pinning import draft_spec
from resources.collect.planning import plan_of
from resources.models.embedded import EmbeddedModelError
from resources.models.endpoint_check import with_advice
from resources.models.registry import check_keys, open_clients

NAME = "tip-bench-try-only-never-pinned"
LONGEST_S, SERVED_S = 120.0, 50.0
"""The seconds after which nobody waits for an answer any more, at a terminal and over the API: there the request itself
would end after a minute, and what is paid would be lost without a word."""
MOST = 2
"""Trials of one process at the same moment; an embedded model answers one, in a process of its own."""
FIELDS: Mapping[str, str] = {"models": "model", "prompts": "prompt"}
"""Fields of a trial by those of a launch, which its errors name."""


@dataclass(frozen=True)
class DraftedTrial:
    """What is asked, drafted as an experiment of one generation that is never pinned."""

    spec: Spec
    rendered: Rendered
    request: ModelRequest

    @property
    def messages(self) -> tuple[PromptMessage, ...]:
        """Return what the model is sent; of a completion model the text as one turn."""
        return self.rendered.messages or (PromptMessage("user", self.rendered.text or ""),)


def draft_trial(bench: BenchContext, request: TrialRequest) -> DraftedTrial:
    """Return the trial of a request; raise UnknownEntry, OptionError, RenderError, MissingKey or InvalidInput."""
    catalog = bench.catalog()
    named = request.prompt
    if request.text is not None:
        prompt: Prompt = parsed(read_prompt, plain(request.text), "prompt.md", "text")
        catalog, named = replace(catalog, prompts={prompt.ref: prompt}), prompt.ref
    if named is None:
        raise InvalidInput("no prompt: name one of the catalog, or give a text", ("prompt",))
    catalog = replace(catalog, scenarios=(_scenario(catalog, request),))
    options = Options(
        models=(request.model,),
        prompts=(named,),
        n_tips=1,
        n_scenarios=1,
        temperature=request.temperature,
        seed=request.seed,
        rubric=bench.defaults.rubric,
    )
    spec = draft_spec(bench.home, NAME, options, catalog, sizes={}, now=bench.now(), vet=bench.vet)
    check_keys(spec.models, bench.keys)
    generation = next(iter(grid(spec)))
    rendered = rendered_for(spec, generation)
    return DraftedTrial(spec, rendered, request_for(spec, generation, rendered))


def _scenario(catalog: Catalog, request: TrialRequest) -> Scenario:
    known = {entry.id: entry for entry in catalog.scenarios}
    if request.scenario is None:
        return draw(tuple(known.values()), 1, request.seed)[0]
    if request.scenario not in known:
        raise UnknownEntry("scenario", request.scenario, list(known), ("scenario",))
    return known[request.scenario]


async def ask_trial(
    bench: BenchContext, trial: DraftedTrial, longest_s: float = LONGEST_S, embedded: ModelClient | None = None
) -> TrialAnswer:
    """Return the model's answer to a trial, cut as its prompt says; after `longest_s` nobody waits for it any more.

    `embedded` answers for an embedded model, which is loaded into this process without it.
    """
    model = trial.spec.models[0]
    try:
        async with (
            asyncio.timeout(longest_s),
            open_clients(
                trial.spec.models,
                keys=bench.keys,
                home=bench.home,
                catalogs=bench.catalogs,
                seed=trial.spec.seed or 0,
                on_send=lambda _: None,
                embedded=embedded,
            ) as clients,
        ):
            answer = await clients[model.name].answer(trial.request)
    except TimeoutError:
        return TrialAnswer(kind="transient", error=f"no answer within {longest_s:g} s; it may be paid all the same")
    tip = cut(answer.text or "", trial.spec.prompts[0], model.reasoning_tags) if answer.kind == "text" else None
    return TrialAnswer(
        kind=answer.kind,
        tip=tip,
        raw=answer.text if answer.kind == "text" else None,
        error=None if answer.kind == "text" else _said(trial, answer),
        tokens_in=answer.tokens_in,
        tokens_out=answer.tokens_out,
        latency_ms=answer.latency_ms,
        cost=cost_of(model, answer.tokens_in, answer.tokens_out, replayed=answer.replayed),
    )


def _said(trial: DraftedTrial, answer: ModelAnswer) -> str:
    model = trial.spec.models[0]
    if model.endpoint and answer.kind in {"misconfigured", "transient"}:
        return with_advice(model.endpoint, model, answer)
    return answer.error or "no answer"


class PromptTrials:
    """Implements contracts.benchmark.trials.Trials.

    At most `most` trials are asked at the same moment, for `longest_s` seconds each.
    """

    def __init__(self, bench: BenchContext, most: int = MOST, longest_s: float = SERVED_S) -> None:
        self._bench, self._places, self._longest_s = bench, threading.BoundedSemaphore(most), longest_s

    def plan(self, request: TrialRequest) -> TrialPlan:
        """Return what the trial would send and cost; raise the refusal of whatever is wrong with it."""
        return _plan(self._bench, self._drafted(request))

    def ask(self, request: TrialRequest, max_cost: float | None) -> TrialAnswer:
        """Send one request and return its answer; raise Conflict, InProgress or Unavailable."""
        trial = self._drafted(request)
        cost = _plan(self._bench, trial).cost
        if max_cost is not None and (cost is None or cost > max_cost):
            now = "what nobody knows" if cost is None else f"up to {cost:.6f} USD"
            raise Conflict(f"it costs {now} by now, and up to {max_cost:.6f} USD was agreed to: look at it once more")
        if not self._places.acquire(blocking=False):
            raise InProgress("other prompts are being tried: wait for their answers")
        try:
            embedded = BoundedEmbedded(self._bench.home, self._longest_s)
            return asyncio.run(ask_trial(self._bench, trial, self._longest_s, embedded))
        except EmbeddedModelError as error:
            said = f"model {trial.spec.models[0].name} cannot be loaded here: tipbench doctor says why"
            raise Unavailable(said, ("model",)) from error
        except ExpectedError as error:
            raise refusal_of(error) from error
        finally:
            self._places.release()

    def _drafted(self, request: TrialRequest) -> DraftedTrial:
        try:
            return draft_trial(self._bench, request)
        except ExpectedError as error:
            raise refusal_of(error, tuple(FIELDS.get(field, field) for field in error.path)) from error


def _plan(bench: BenchContext, trial: DraftedTrial) -> TrialPlan:
    plan = plan_of(bench.home, trial.spec)
    return TrialPlan(
        model=trial.spec.models[0].name,
        prompt=trial.spec.prompts[0].ref,
        scenario=trial.spec.scenarios[0].id,
        messages=trial.messages,
        tokens_in=plan.tokens_in,
        tokens_out=plan.tokens_out,
        cost=plan.cells[0].cost,
    )
