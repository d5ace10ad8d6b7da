"""What became of a generation, as the journal holds it, and when that is final."""

from typing import Literal

import msgspec

from core.benchmark.model import Model

Kind = Literal["text", "refused", "failed", "transient"]


class Sent(msgspec.Struct, frozen=True, tag="sent", tag_field="t"):
    """A request is about to leave; without a later Outcome it was in flight when the process ended."""

    key: str


class Outcome(msgspec.Struct, frozen=True, tag="done", tag_field="t", omit_defaults=True, kw_only=True):
    """The end of a generation, retries included; `raw` is the answer before cuts, `cost` in USD, times in ms.

    `at_most` is what an answer can have cost, in USD, where its server did not say what it used.
    Everything but `transient` is final: it is never asked for again.
    """

    key: str
    kind: Kind
    raw: str | None = None
    finish: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    latency_ms: float | None = None
    queue_ms: float | None = None
    cost: float | None = None
    at_most: float | None = None
    attempts: int = 1
    unseen: int = 0
    error: str | None = None
    at: str = ""


def cost_of(model: Model, tokens_in: int | None, tokens_out: int | None, *, replayed: bool = False) -> float | None:
    """USD for one answered request; None when a price or a token count is not known, 0 when nobody was asked."""
    asked = model.priced
    if replayed or asked.provider in {"template", "tape"}:
        return 0.0
    if asked.price_in is None or asked.price_out is None or tokens_in is None or tokens_out is None:
        return None
    return (asked.price_in * tokens_in + asked.price_out * tokens_out) / 1e6


def worst_cost(model: Model, prompt_bytes: int, max_tokens: int) -> float:
    """An upper estimate in USD before sending: a token for every two bytes of the request, and max_tokens out."""
    asked = model.priced
    if asked.provider == "tape":
        return 0.0
    return ((asked.price_in or 0.0) * (prompt_bytes / 2 + 16) + (asked.price_out or 0.0) * max_tokens) / 1e6
