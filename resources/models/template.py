"""The baseline `template`: no model, sentences chosen by seed, prompt, scenario and tip; a model must beat it."""

import hashlib
import random
import re
import time
from typing import Any

from contracts.benchmark.models import ModelAnswer, ModelRequest, OnSend
from core.benchmark.model import Model
from core.benchmark.scenario import Scenario

FIRST: dict[str, tuple[str, ...]] = {
    "work": (
        "Write down the one result that counts {when} and give it the next 25 minutes",
        "Close every window but one and start with the smallest part you can finish",
        "Tell one person what you will have done {when}, and begin",
        "Put a rough version on paper first, and leave the polish for later",
    ),
    "sleep": (
        "Dim the lights an hour earlier and leave the screen in another room",
        "Write tomorrow's first three steps on paper and put the paper away",
        "Get up at the same hour tomorrow, however the night was",
        "Breathe out longer than you breathe in, for ten slow breaths",
    ),
    "exercise": (
        "Move for ten minutes where you are, at a pace that lets you talk",
        "Lay out your shoes now and decide the hour, not the distance",
        "Start at half of what you think you can do and stop while it feels easy",
        "Take the next errand on foot and count it",
    ),
    "food": (
        "Cook the simplest thing that is already in the kitchen, and set the table for it",
        "Put one portion on a plate and the rest out of sight",
        "Drink a glass of water first and eat sitting down",
        "Cook double once and freeze half, with the date on it",
    ),
    "money": (
        "Wait until tomorrow before you pay, and look again",
        "Write the three next payments on one line each, with their dates",
        "Move a small fixed sum aside on the day money arrives",
        "Name the amount and the day in one friendly sentence",
    ),
    "people": (
        "Say the one sentence you mean, and then listen",
        "Send a short note that asks for nothing",
        "Suggest a time and a place, so that a yes is easy",
        "Begin with what you noticed, not with what you concluded",
    ),
    "learning": (
        "Close the book and write down what you remember, then look up what is missing",
        "Practise the hardest two minutes first, slowly",
        "Explain it aloud to an empty chair and mark where you stall",
        "Choose one course and put the others away for a month",
    ),
    "home": (
        "Set a timer for fifteen minutes and clear one surface",
        "Give every paper in the pile one of two places: act on it or file it",
        "Do the part that visitors see, and close the door on the rest",
        "Take a photo, note the date, and send one message about it",
    ),
    "travel": (
        "Pack what you cannot buy there, and stop",
        "Write the next two connections on paper in case the phone dies",
        "Leave one morning without a plan",
        "Ask at the desk before you rebook",
    ),
    "": (
        "Take the smallest step that can be finished {when}",
        "Write down what would be good enough, and do only that",
        "Ask one person who has done it before",
        "Set a timer for ten minutes and begin with the easiest part",
    ),
}
SECOND = (
    "Then look at {task}.",
    "Leave {task} for afterwards.",
    "Half of it is enough for a start.",
    "The rest can wait until you have seen how it goes.",
    "You can stop whenever it has done its work.",
    "Tell yourself that a rough try counts.",
    "It is easier once the first minute is over.",
    "",
)
_WHEN = {"morning": "this morning", "day": "today", "evening": "this evening"}


class TemplateClient:
    """Composes one or two sentences; whitespace-separated words count as tokens, and there is no cost."""

    def __init__(self, on_send: OnSend) -> None:
        self._on_send = on_send

    def concurrency(self, model: Model) -> int:  # noqa: ARG002  # the protocol's signature
        """Return 1: there is nothing to wait for."""
        return 1

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return a tip that depends on seed, prompt, scenario and tip index alone; without a scenario, a failure."""
        self._on_send(request.key)
        if request.scenario is None:
            return ModelAnswer(kind="failed", error="the template writes tips for scenarios, and the request has none")
        start = time.perf_counter()
        text = compose(request, request.scenario)
        latency = (time.perf_counter() - start) * 1000
        words = sum(len(message.content.split()) for message in request.messages or ()) + len(
            (request.text or "").split()
        )
        return ModelAnswer(
            kind="text",
            text=text,
            finish="stop",
            tokens_in=words,
            tokens_out=len(text.split()),
            latency_ms=latency,
            queue_ms=0.0,
        )

    async def close(self) -> None:
        """Do nothing, as nothing is open."""


def compose(request: ModelRequest, scenario: Scenario) -> str:
    """Return one or two sentences for the scenario of a request."""
    mix = f"{request.seed}|{request.prompt}|{scenario.id}|{request.tip_index}"
    rng = random.Random(hashlib.sha256(mix.encode()).digest())  # noqa: S311  # a seeded choice, no secret
    data = scenario.data
    first = rng.choice(FIRST.get(scenario.area or "", FIRST[""])).format(when=_when(data))
    second = rng.choice(SECOND)
    task = _task(data, rng)
    if "{task}" in second and task is None:
        second = "The rest can wait."
    return f"{first}. {second.format(task=task)}".strip()


def _when(data: dict[str, Any]) -> str:
    hour = re.search(r"(?:T|^)(\d\d)(?!\d)", str(data.get("local_time", "")))
    if hour is None:
        return "today"
    return _WHEN["morning" if int(hour[1]) < 11 else "evening" if int(hour[1]) > 16 else "day"]


def _task(data: dict[str, Any], rng: random.Random) -> str | None:
    """Return an open task in quotes, unless something in `must_not` mentions a word of it."""
    tasks = [task for task in data.get("open_tasks") or [] if isinstance(task, str)]
    forbidden = set(re.findall(r"\w{4,}", " ".join(map(str, data.get("must_not") or [])).lower()))
    allowed = [task for task in tasks if forbidden.isdisjoint(re.findall(r"\w{4,}", task.lower()))]
    return f"“{rng.choice(allowed)}”" if allowed else None
