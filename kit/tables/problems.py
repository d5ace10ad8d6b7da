"""What is wrong with a file of rows, by line: the first hundred are kept, the others counted."""

from dataclasses import dataclass

SHOWN = 100
MOST = 100_000
"""Problems after which a reader may stop: each of millions costs microseconds, and nobody reads their number."""
LONGEST = 1_000
"""Characters of a message; what a file holds cannot make it longer."""


@dataclass(frozen=True)
class Problem:
    """What is wrong on one line, from 1."""

    line: int
    message: str


class Problems:
    """Collects the problems of one file; `total` counts them all, also beyond the ones that are kept."""

    def __init__(self) -> None:
        self.total = 0
        self._shown: list[Problem] = []

    def add(self, line: int, message: str) -> None:
        """Note a problem of `line`, from 1."""
        self.total += 1
        if len(self._shown) < SHOWN:
            self._shown.append(Problem(line, message if len(message) <= LONGEST else message[:LONGEST] + "…"))

    @property
    def enough(self) -> bool:
        """Return whether so many were found that nothing more needs to be read."""
        return self.total >= MOST

    def first(self) -> list[Problem]:
        """Return the first 100 that were noted, by line."""
        return sorted(self._shown, key=lambda problem: problem.line)

    def listing(self) -> str:
        """Return a line for each of the first 100, and how many more there are."""
        lines = "\n".join(f"  line {problem.line}: {problem.message}" for problem in self.first())
        rest = "; what follows was not read" if self.enough else ""
        return lines + (f"\n  … and {self.total - SHOWN} more{rest}" if self.total > SHOWN else "")

    def count(self) -> str:
        """Return how many there are, in words."""
        return "1 problem" if self.total == 1 else f"{self.total} problems"
