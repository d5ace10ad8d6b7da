"""Trials: one prompt asked of one model outside any experiment, and judges of the catalog before they are paid."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from core.benchmark.outcome import Kind
from core.benchmark.prompt import PromptMessage


class TrialRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask: the prompt by `prompt`, NAME or NAME@VERSION of the catalog, or by `text`, a file not added yet.

    `scenario` is an id of the catalog, None for one drawn by the seed. `model` is a name of the catalog.
    """

    model: str
    prompt: str | None = None
    text: str | None = None
    scenario: str | None = None
    temperature: float = 0.7
    seed: int = 0


class TrialPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial would send and cost; `cost` in USD is an upper estimate, None where a price is not known.

    `messages` are what a chat model would be sent, or the one text that a completion model continues.
    """

    model: str
    prompt: str
    scenario: str
    messages: Sequence[PromptMessage]
    tokens_in: int
    tokens_out: int
    cost: float | None


class TrialAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: `raw` is the answer, `tip` what its prompt leaves of it, both None unless the kind is text.

    `error` says why there is no text. What is not known is None; `cost` is in USD, `latency_ms` in milliseconds.
    """

    kind: Kind
    tip: str | None = None
    raw: str | None = None
    error: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    latency_ms: float | None = None
    cost: float | None = None


class AnsweredTip(msgspec.Struct, frozen=True):
    """A tip of a trial of a judge, planted or real: what came of it in words, and what the judge wrote each time."""

    tip: str
    raw: Sequence[str]
    said: str | None = None


class JudgeTrialView(msgspec.Struct, frozen=True, kw_only=True):
    """A trial of a judge: what is sent of the first item, answers to real and planted tips, and what it tells.

    `noise` is the sd of its answers to one item in rubric units, None where it is not known. `stop` is why the judge is
    not used, None where it is; `held` why the trial has no end, None where it has one. `rest` says what is left to
    judge, and for how much.
    """

    judge: str
    experiment: str
    prompt: str
    items: Sequence[AnsweredTip]
    planted: Sequence[AnsweredTip]
    noise: float | None
    said: str | None
    rest: str
    stop: str | None
    held: str | None


class JudgeTrialing(Protocol):
    """Tries judges of the catalog on experiments; every answer is paid once."""

    def try_judge(self, experiment: str, judge: str, actor: str, *, anyway: bool) -> JudgeTrialView:
        """Return the trial, made now or before; `anyway` records that the judge is used whatever it shows.

        Blocking for a minute at most: a trial that takes longer has no end yet, and the next one goes on. Raise
        NotFound, InvalidInput, Conflict, or InProgress while the judge is being asked.
        """
        ...


class Trials(Protocol):
    """Asks models outside any experiment; nothing is kept."""

    def plan(self, request: TrialRequest) -> TrialPlan:
        """Return what the trial would send and cost; raise InvalidInput or NotFound with the field at fault."""
        ...

    def ask(self, request: TrialRequest, max_cost: float | None) -> TrialAnswer:
        """Send one request and return its answer; a failure of the model's server is an answer too.

        Raise what `plan` raises, Conflict where its cost is over `max_cost` by now, InProgress while others are asked.
        """
        ...
