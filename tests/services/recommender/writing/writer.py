"""What writes ahead in tests: it says what a test wants, and notes what was wanted of it."""

from collections.abc import Callable, Mapping

from contracts.storage import Storage
from contracts.tips.ahead import AheadRequest, WrittenTip
from core.plurals import counted
from tests.services.recommender.world import CATALOG


class Writer:
    """Writes what a test says, for all cells of the world."""

    def __init__(self, fault: str = "", cost: float = 0.0) -> None:
        self.fault, self.cost = fault, cost
        self.storage: Storage | None = None
        self.meanwhile: Callable[[], object] = bool
        self.requests: list[tuple[str, AheadRequest]] = []

    def arms(self) -> Mapping[str, bool]:
        """All cells, one of them of another company's model."""
        return {cell.arm: cell.external for cell in CATALOG.cells}

    def write(self, user: str, request: AheadRequest) -> list[WrittenTip]:
        """A text for each place, which says how often something was written."""
        self.requests.append((user, request))
        if self.storage is not None:
            with self.storage.logs.open(f"{request.journal}/answers.jsonl") as log:
                log.append(b"sealed")
        self.meanwhile()
        times = counted(len(self.requests), "time")
        return [
            WrittenTip(
                place=place,
                text=None if self.fault else f"{place.arm} wrote {times}.",
                fault=self.fault,
                cost=self.cost,
            )
            for place in request.places
        ]

    def stop(self) -> None:
        """Nothing is under way."""
