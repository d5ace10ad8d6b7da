"""What is sent to a model, for whatever purpose, and what it gives back."""

from collections.abc import Callable
from typing import Any, Literal, Protocol

import msgspec

from core.benchmark.model import Model
from core.benchmark.outcome import Kind
from core.benchmark.prompt import PromptMessage
from core.benchmark.scenario import Scenario

Form = Literal["schema", "json_object", "prose"]
"""How an answer's form is requested: by a JSON Schema, as any JSON object, or in the prompt's words alone."""
FORMS: tuple[Form, ...] = ("schema", "json_object", "prose")
"""In the order in which a server is tried."""


class ModelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a model: rendered `messages` for a chat model, `text` for a completion model.

    `schema` is the JSON Schema of the answer that is wanted, requested in `form`, or in a lower one where the server
    rejects it. `key` names it in the journal and is never used for another request, a generation's content hash for
    instance;
    `seed` is already mixed with the key, 0 <= seed < 2**31. `prompt`, `scenario` and `tip_index` are where it comes
    from, where it comes from a benchmark: the template model makes its text from them.
    """

    key: str
    model: Model
    messages: tuple[PromptMessage, ...] | None
    text: str | None
    stop: tuple[str, ...]
    max_tokens: int
    temperature: float
    seed: int
    prompt: str = ""
    scenario: Scenario | None = None
    tip_index: int = 0
    schema: dict[str, Any] | None = None
    form: Form = "schema"


class ModelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One final, transient or misconfigured outcome; `text` is the raw answer, before anything is cut.

    `reasoning` is what the server gave apart from the answer; `tokens_reasoning` of `tokens_out` went into reasoning.
    `latency_ms` runs from the sending of the first attempt to the last byte of the answer; `retry_ms` is the part of it
    before the last attempt was sent, `queue_ms` the wait for limits before the first. `unseen` counts attempts that
    were sent and never answered (timeout, dropped connection), which the provider may have billed. Token counts are
    None if the server did not report them. `replayed`: no server was asked.

    `form` is that in which a schema was requested, None without one; `served` what the server calls its model.

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
    form: Form | None = None
    served: str | None = None


OnSend = Callable[[str], None]
"""Called with a request's key just before each attempt is sent."""


class ModelClient(Protocol):
    """Answers requests for the models of one provider; safe to call concurrently from one event loop."""

    def concurrency(self, model: Model) -> int:
        """Return how many requests for this model may be under way at once."""
        ...

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Send one request, retries included.

        Failures of the server are outcomes, only a defect or missing key is raised.
        """
        ...

    async def close(self) -> None:
        """Release sockets, threads and loaded models."""
        ...
