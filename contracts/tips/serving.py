"""What asks models for tips ahead of time promises: an answer for each rendered prompt within a time, or a refusal.

It is given prompts and names of models, and no user: in the process of who calls, or in one of its own.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol

import msgspec

from contracts.benchmark.models import ModelAnswer
from core.benchmark.prompt import PromptMessage

MOST_PROMPTS = 16
"""Prompts of a batch, at most."""
MOST_BATCHES = 16
"""Batches that wait at once, at most: another one is refused."""
LONGEST_WAIT_S = 120.0
LONGEST_PROMPT = 40_000
"""Characters of one message."""
Content = Annotated[str, msgspec.Meta(max_length=LONGEST_PROMPT)]


class ServingPrompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rendered prompt for a model of the catalog: `messages` for a chat model, `text` for a completion model.

    `generation_hash` is that of the model that is meant: another one under its name is not asked.
    """

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    generation_hash: Annotated[str, msgspec.Meta(max_length=64)]
    messages: Annotated[tuple[PromptMessage, ...], msgspec.Meta(max_length=50)] | None
    text: Content | None
    stop: Annotated[tuple[str, ...], msgspec.Meta(max_length=16)]
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=8_192)]
    temperature: Annotated[float, msgspec.Meta(ge=0, le=5)]
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]


class Serving(Protocol):
    """Asks models; blocks, and is safe from several threads."""

    def concurrency(self, models: Sequence[str]) -> dict[str, int]:
        """Return how many prompts each of the models answers at once, without those that it cannot ask."""
        ...

    def answers(self, prompts: Sequence[ServingPrompt], within_s: float) -> list[ModelAnswer]:
        """Return an answer for each prompt in their order: transient where none came within so many seconds.

        A model that the catalog lacks, or has another one in place of, is misconfigured. Raise InvalidInput for more
        prompts or a longer time than may be, Unavailable where as many batches wait as may.
        """
        ...
