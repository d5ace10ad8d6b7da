"""A run is followed to its end, also where that is written while it is looked at."""

import asyncio
from typing import Any

import pytest

from api.types.runs import followed
from contracts.benchmark.launches import ProgressEvent
from tests.api.memory_services import MemoryLaunches

END = ProgressEvent(cursor="1", at="", kind="ended", message="done", status="success")


class EndedMeanwhile(MemoryLaunches):
    """A run that has ended by the time its status is read; `last` are the events written just before that."""

    def __init__(self, last: list[ProgressEvent]) -> None:
        super().__init__()
        self._last = last

    def run(self, run_id: str) -> Any:
        """Its status, after its last events were written."""
        self.steps = self._last
        return type("Ended", (), {"status": "success", "id": run_id})


@pytest.mark.parametrize("last", [[END], []])
def test_an_end_between_two_looks_is_said(last: list[ProgressEvent]) -> None:
    """The events are read once more; a run that ended without one ends the stream all the same."""

    async def look() -> None:
        """At any time."""

    async def said() -> list[ProgressEvent]:
        run = EndedMeanwhile(last)
        return [event async for event in followed(run, "run-1", None, look)]  # type: ignore[arg-type]  # a part

    assert asyncio.run(said()) == last
