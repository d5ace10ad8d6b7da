"""Tips that models write ahead of time for a user's context: what is wanted, and what came of it."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec


class AheadPlace(msgspec.Struct, frozen=True):
    """A cell that is to write about an area; `number` counts the texts that it wrote for this context before."""

    arm: str
    area: str
    number: int


class AheadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written for a context: `context` is its name, `data` what prompts are filled with.

    What models answer stands in a journal in the folder `journal` of the store, sealed with the user's key. No request
    to a model is sent whose worst cost may pass the `ceiling`, in USD.
    """

    context: str
    journal: str
    data: Mapping[str, Any]
    locale: str | None
    places: tuple[AheadPlace, ...]
    ceiling: float


class WrittenTip(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a place: a text that may be shown, else None and the `fault`; `cost` in USD, at most."""

    place: AheadPlace
    text: str | None
    fault: str
    cost: float


class AheadWriter(Protocol):
    """Has cells write for users; blocks, and is for one thread but for `arms` and `stop`."""

    def arms(self) -> Mapping[str, bool]:
        """Return the cells that can write, by arm, with whether another company's model does."""
        ...

    def write(self, user: str, request: AheadRequest) -> list[WrittenTip]:
        """Return what became of places, without those that may be tried again; raise Erased.

        What a journal holds already is not paid again. Whoever stored what this returns removes the journal.
        """
        ...

    def stop(self) -> None:
        """Let a call under way end within seconds, without what has not come yet."""
        ...
