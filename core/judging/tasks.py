"""What judges do with an item: rate one candidate, or compare two. Only rating is offered yet."""

from typing import Literal

import msgspec

from core.expected_error import FieldError

Task = Literal["rating", "comparison"]
TASKS: tuple[Task, ...] = ("rating", "comparison")
NOT_OFFERED = "comparing two tips is not offered yet: judges rate one tip at a time"


class TaskNotOffered(FieldError):
    """A judge who is to compare tips, or is on record as one who does."""


class Item(msgspec.Struct, frozen=True):
    """What a judge is asked about under one opaque id: a candidate to rate, or two to compare, the left one first."""

    candidates: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for no candidate, for more than two, and for one that is to be compared with itself."""
        if not 1 <= len(self.candidates) <= len(TASKS) or len(set(self.candidates)) < len(self.candidates):
            raise ValueError(f"an item holds one candidate or two that differ, not {self.candidates!r}")

    @property
    def task(self) -> Task:
        """Return what the judge does with the item, which follows from how many candidates it holds."""
        return TASKS[len(self.candidates) - 1]

    @property
    def key(self) -> str:
        """Return what its id is a hash of: its candidates, which are hexadecimal, with a bar between two."""
        return "|".join(self.candidates)
