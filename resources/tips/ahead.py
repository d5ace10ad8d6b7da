"""Has cells of published leaderboards write for a user's context, as the benchmark has them write for scenarios."""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from contracts.benchmark.models import ModelRequest
from contracts.modules.sealing import Sealer
from contracts.refusals import Refusal
from contracts.storage import Storage
from contracts.tips.ahead import AheadPlace, AheadRequest, WrittenTip
from contracts.tips.catalog import LONGEST_TIP
from contracts.tips.serving import Serving
from core.benchmark.cut import cut, ends_cut_off
from core.benchmark.model import Model
from core.benchmark.outcome import Outcome
from core.benchmark.render import RenderError, render
from core.benchmark.scenario import Scenario
from core.canonical import content_hash
from core.tips.texts import as_one_line, text_fault
from resources.asking.ask_all import ModelRequests, ask_all
from resources.asking.budget import Budget
from resources.lake.journal import Journal, JournalBroken, JournalStore, OutcomeReader
from resources.privacy.sealed_lines import SealedLines
from resources.serving.model_serving import ABLE
from resources.serving.served_client import ServedClient, in_thread
from resources.tips.boards import CellMaker

JOURNAL = "tips-ahead"
"""The name of the log, and part of what its lines are sealed with."""


class AheadTips:
    """Implements contracts.tips.ahead.AheadWriter; `makers` gives model and prompt of each cell that serves, by arm.

    `models` gives the models of today's catalog: whose machine one runs on is theirs to say.
    """

    def __init__(
        self,
        storage: Storage,
        sealer: Sealer,
        serving: Serving,
        makers: Callable[[], Mapping[str, CellMaker]],
        models: Callable[[], Mapping[str, Model]],
        *,
        within_s: float,
        now: Callable[[], str],
    ) -> None:
        self._storage, self._sealer, self._serving = storage, sealer, serving
        self._makers, self._models, self._within_s, self._now = makers, models, within_s, now
        self._lock = threading.Lock()
        self._stopped = False
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None

    def arms(self) -> Mapping[str, bool]:
        """Return the cells that can write, with whether another company's model does: it is not, where it says so."""
        today = self._models()
        found = ((arm, today.get(maker.model.name)) for arm, maker in self._makers().items())
        return {
            arm: not (model.local or model.provider == "embedded")
            for arm, model in found
            if model is not None and model.provider in ABLE
        }

    def write(self, user: str, request: AheadRequest) -> list[WrittenTip]:
        """Return what became of places; the answers of a user's journal that a kill left there are not paid again."""
        lines = SealedLines(self._sealer, user, JOURNAL)
        store = JournalStore(self._storage.logs, f"{request.journal}/{JOURNAL}.jsonl", lines)
        made = dict[AheadPlace, ModelRequest]()
        found = list[WrittenTip]()
        makers = self._makers()
        for place in (each for each in request.places if each.arm in makers):
            try:
                made[place] = _request(request, place, makers[place.arm])
            except RenderError:  # no text of the context goes on
                fault = "its prompt does not fit the context"
                found.append(WrittenTip(place=place, text=None, fault=fault, cost=0.0))
        try:
            with Journal(store) as journal:
                missing = [each for each in made.values() if each.key not in journal.index.final]
                self._run(self._requested(missing, journal, request.ceiling))
                places = {key: offset for key, offset in journal.index.places.items() if key in journal.index.final}
        except JournalBroken:
            self._storage.blobs.discard(request.journal)  # damaged: its texts are written again
            return found
        with OutcomeReader(store) as reader:
            return found + [
                _written(place, reader.at(places[each.key]), makers[place.arm])
                for place, each in made.items()
                if each.key in places
            ]

    def stop(self) -> None:
        """Cancel what is requested of models, now and from now on."""
        with self._lock:
            self._stopped = True
            if self._running is not None:
                loop, task = self._running
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(task.cancel)

    def _run(self, work: Coroutine[None, None, None]) -> None:
        async def stoppable() -> None:
            with self._lock:
                task = asyncio.ensure_future(work)
                self._running = asyncio.get_running_loop(), task
                if self._stopped:
                    task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        try:
            asyncio.run(stoppable())
        finally:
            with self._lock:
                self._running = None

    async def _requested(self, requests: Sequence[ModelRequest], journal: Journal, ceiling: float) -> None:
        names = sorted({each.model.name for each in requests})
        if not names:
            return
        try:
            at_once = await in_thread(partial(self._serving.concurrency, names))
        except Refusal:  # serving is away: nothing is written this time
            return
        client = ServedClient(self._serving, at_once, self._within_s, journal.sent)
        models = [_of_model(name, requests) for name in names if name in at_once]
        await ask_all(
            models,
            journal,
            dict.fromkeys(names, client),
            Budget(ceiling),
            now=self._now,
            on_outcome=lambda *_: None,
        )


def _of_model(name: str, requests: Iterable[ModelRequest]) -> ModelRequests:
    own = [each for each in requests if each.model.name == name]
    return ModelRequests(own[0].model, iter(own))


def _request(wanted: AheadRequest, place: AheadPlace, maker: CellMaker) -> ModelRequest:
    model, prompt = maker.model, maker.prompt
    data = {"situation": f"Somebody would like a tip about {place.area}.", **wanted.data}
    scenario = Scenario("context", place.area, wanted.locale, data)
    rendered = render(prompt, scenario, model.api)
    shape = [model.generation_hash, prompt.generation_hash, rendered, maker.temperature]
    key = content_hash([wanted.context, place.number, place.area, shape])
    return ModelRequest(
        key=key,
        model=model,
        messages=rendered.messages,
        text=rendered.text,
        stop=rendered.stop,
        max_tokens=prompt.max_tokens,
        temperature=maker.temperature,
        seed=int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") >> 1,
    )


def _written(place: AheadPlace, outcome: Outcome, maker: CellMaker) -> WrittenTip:
    cost = (outcome.cost or 0.0) + (outcome.at_most or 0.0)
    if outcome.kind != "text" or outcome.raw is None:
        return WrittenTip(place=place, text=None, fault=f"the model's answer: {outcome.kind}", cost=cost)
    text = cut(outcome.raw, maker.prompt, maker.model.reasoning_tags)
    fault = text_fault(text, LONGEST_TIP)
    if fault is None and ends_cut_off(outcome.raw, text, outcome.finish):
        fault = "cut off where its model ran out of tokens"
    return WrittenTip(place=place, text=as_one_line(text) if fault is None else None, fault=fault or "", cost=cost)
