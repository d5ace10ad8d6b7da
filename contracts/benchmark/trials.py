"""Trials: one prompt on one scenario, asked of one model outside any experiment, with its cost said before."""

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
