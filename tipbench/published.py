"""What a run, an adoption or an import leaves to be said."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Published:
    """A leaderboard that was published; `notes` are the sentences that the command line prints.

    `report` is its HTML page, None where nothing is published. The rows are `bench.leaderboard(experiment)`.
    """

    experiment: str
    notes: tuple[str, ...]
    report: Path | None

    def __str__(self) -> str:
        """Return the notes, a line each."""
        return "\n".join(self.notes)
