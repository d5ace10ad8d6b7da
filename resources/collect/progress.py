"""How far a collecting run is, and how fast: counts by model, the rate, the time that is left."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple


class ModelProgress(NamedTuple):
    """One model's generations with a final outcome, of all that it is asked for; `stopped` if it is set up wrong."""

    name: str
    done: int
    total: int
    stopped: bool = False


class CellCounts(NamedTuple):
    """Final outcomes, those of them that are no text, and all that are expected, by cell; they are counted on."""

    done: list[int]
    failed: list[int]
    expected: list[int]


class Progress(NamedTuple):
    """A collecting run at one moment.

    `failed` are final outcomes that are no text, `retries` attempts after the first of this run's requests, `cost` the
    experiment's in USD. `cells` is the count that the run goes on with, not a copy: an outcome must cost nothing.
    """

    done: int
    total: int
    failed: int = 0
    retries: int = 0
    cost: float = 0.0
    models: tuple[ModelProgress, ...] = ()
    cells: CellCounts | None = None


Advance = Callable[[Progress], None]
"""Called with the progress after every outcome, and some times a second while none comes."""
ShowProgress = Callable[[str, int], AbstractContextManager[Advance]]
"""Opens a progress display for a label and a total."""


class Pace:
    """How fast a run goes on from the progress that it began with; `began_at` in seconds of any clock."""

    def __init__(self, first: Progress, began_at: float) -> None:
        self._first, self._began_at = first, began_at
        self._before = {model.name: model.done for model in first.models}

    def rate(self, progress: Progress, at: float) -> float | None:
        """Return generations a second of the models that are not done yet, since the beginning; None before the first.

        What a fast model did before it was done says nothing about the rest.
        """
        elapsed, came = at - self._began_at, sum(self._came(model) for model in _at_work(progress))
        return came / elapsed if came and elapsed > 0 else None

    def left_s(self, progress: Progress, at: float) -> float | None:
        """Return the seconds that the slowest model needs for the rest at its pace so far.

        Models are asked side by side, so the slowest decides. None while one of them has nothing to reckon with. Models
        that are stopped count for nothing.
        """
        longest = 0.0
        elapsed = at - self._began_at
        for model in _at_work(progress):
            came = self._came(model)
            if not came or elapsed <= 0:
                return None
            longest = max(longest, (model.total - model.done) * elapsed / came)
        return longest

    def _came(self, model: ModelProgress) -> int:
        return model.done - self._before.get(model.name, 0)


def _at_work(progress: Progress) -> list[ModelProgress]:
    return [model for model in progress.models if model.done < model.total and not model.stopped]
