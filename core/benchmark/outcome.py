"""What became of a generation, as the journal holds it, and when that is final."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from core.benchmark.model import Model

Kind = Literal["text", "refused", "failed", "transient", "misconfigured"]
"""`misconfigured`: the server turned the model's key, name, parameters or quota down, which says nothing of a tip."""


class Sent(msgspec.Struct, frozen=True, tag="sent", tag_field="t"):
    """A request is about to be sent; without a later Outcome it was in flight when the process ended."""

    key: str


class Reopened(msgspec.Struct, frozen=True, tag="again", tag_field="t"):
    """A final failure is asked for once more on a person's request; its earlier outcome no longer counts."""

    key: str


class Outcome(msgspec.Struct, frozen=True, tag="done", tag_field="t", omit_defaults=True, kw_only=True):
    """The end of a generation, retries included; `raw` is the answer before cuts, `cost` in USD, times in ms.

    `reasoning` is what a server gave apart from the answer, `tokens_reasoning` its part of `tokens_out`. `latency_ms`
    runs from the first attempt's sending to the answer; `retry_ms` is its part before the last attempt was sent,
    `queue_ms` the wait for limits before the first. `at_most` is what an answer can have cost, in USD, where
    its server did not say what it used. `accepted`: a person made this failure final. `form` is that in which an answer
    was requested, `served` what the server calls its model, both of judges alone.
    """

    key: str
    kind: Kind
    raw: str | None = None
    reasoning: str | None = None
    finish: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    latency_ms: float | None = None
    queue_ms: float | None = None
    retry_ms: float | None = None
    cost: float | None = None
    at_most: float | None = None
    attempts: int = 1
    unseen: int = 0
    error: str | None = None
    at: str = ""
    accepted: bool = False
    form: str | None = None
    served: str | None = None

    @property
    def final(self) -> bool:
        """Return whether the generation is never asked for again without a person's request."""
        return self.kind in {"text", "refused", "failed"} or self.accepted


def cost_of(model: Model, tokens_in: int | None, tokens_out: int | None, *, replayed: bool = False) -> float | None:
    """Return the USD for one answered request.

    None if a price or token count is not known, 0 if no server was asked.
    """
    source = model.priced
    if replayed or source.provider in {"template", "tape"}:
        return 0.0
    if source.price_in is None or source.price_out is None or tokens_in is None or tokens_out is None:
        return None
    return (source.price_in * tokens_in + source.price_out * tokens_out) / 1e6


def spent_in_words(cost: float, at_most: float, unpriced: Iterable[str], on: str = "") -> str:
    """Return in words what was spent in USD `on` something, what more it can have been, and models without a price."""
    unsaid = f" and up to {at_most:.6g} USD where the server did not say" if at_most else ""
    names = ", ".join(unpriced)
    unknown = f", and the price of {names} is not known" if names else ""
    return f"{cost:.6g} USD spent{on}{unsaid}{unknown}"


def worst_cost(model: Model, prompt_bytes: int, max_tokens: int) -> float:
    """Return an upper estimate in USD before sending: one token for every two bytes in, and `max_tokens` out."""
    source = model.priced
    if source.provider == "tape":
        return 0.0
    return ((source.price_in or 0.0) * (prompt_bytes / 2 + 16) + (source.price_out or 0.0) * max_tokens) / 1e6
