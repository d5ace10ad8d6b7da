"""What collecting sends to a model, and what it gets back."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from core.benchmark.model import Model
from core.benchmark.outcome import Kind
from core.benchmark.prompt import PromptMessage
from core.benchmark.scenario import Scenario


class TipRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The request for one generation: rendered `messages` for a chat model, `text` for a completion model.

    `key` is the generation's content hash; `seed` is already mixed with the key, 0 <= seed < 2**31.
    """

    key: str
    model: Model
    prompt: str
    scenario: Scenario
    tip_index: int
    messages: tuple[PromptMessage, ...] | None
    text: str | None
    stop: tuple[str, ...]
    max_tokens: int
    temperature: float
    seed: int


class ModelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One final, transient or misconfigured outcome; `text` is the raw answer, before anything is cut.

    `reasoning` is what the server gave apart from the answer; `tokens_reasoning` of `tokens_out` went into reasoning.
    `latency_ms` runs from the sending of the first attempt to the last byte of the answer; `retry_ms` is the part of it
    before the last attempt was sent, `queue_ms` the wait for limits before the first. `unseen` counts attempts that
    were sent and never answered (timeout, dropped connection), which the provider may have billed. Token counts are
    None if the server did not report them. `replayed`: no server was asked.

    `fault` is the same text for equal complaints about the model's configuration. With `unclear` a failed answer may be
    about this very input or about the configuration: only whether the model answers other requests can decide it.
    """

    kind: Kind
    text: str | None = None
    reasoning: str | None = None
    finish: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    latency_ms: float | None = None
    queue_ms: float | None = None
    retry_ms: float | None = None
    attempts: int = 1
    unseen: int = 0
    error: str | None = None
    fault: str | None = None
    unclear: bool = False
    replayed: bool = False


OnSend = Callable[[str], None]
"""Called with a request's key just before each attempt is sent."""


class ModelClient(Protocol):
    """Answers requests for the models of one provider; safe to call concurrently from one event loop."""

    def concurrency(self, model: Model) -> int:
        """Return how many requests for this model may be under way at once."""
        ...

    async def answer(self, request: TipRequest) -> ModelAnswer:
        """Send one request, retries included.

        Failures of the server are outcomes, only a defect or missing key is raised.
        """
        ...

    async def close(self) -> None:
        """Release sockets, threads and loaded models."""
        ...
