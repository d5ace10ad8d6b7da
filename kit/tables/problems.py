"""What is wrong with a file of rows, by line: the first hundred are kept, all are counted."""

from dataclasses import dataclass

SHOWN = 100


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
            self._shown.append(Problem(line, message))

    def first(self) -> list[Problem]:
        """Return the first 100 that were noted, by line."""
        return sorted(self._shown, key=lambda problem: problem.line)

    def listing(self) -> str:
        """Return a line for each of the first 100, and how many more there are."""
        lines = "\n".join(f"  line {problem.line}: {problem.message}" for problem in self.first())
        return lines + (f"\n  … and {self.total - SHOWN} more" if self.total > SHOWN else "")

    def count(self) -> str:
        """Return how many there are, in words."""
        return "1 problem" if self.total == 1 else f"{self.total} problems"
