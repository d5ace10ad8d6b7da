"""CatalogProblems of catalog files, collected with file, line and field, and raised together."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from core.expected_error import ExpectedError

SHOWN = 20


class CatalogError(ExpectedError, ValueError):
    """Catalog files that cannot be used; one line per problem, the first 20."""

    code = "UNAVAILABLE"
    operator_code = "INVALID_INPUT"


@dataclass
class CatalogProblems:
    """Collects problems of one load."""

    lines: list[str] = field(default_factory=list)

    def add(self, file: Path, line: int | None, message: str) -> None:
        """Add a problem; `file` is shown with its catalog folder, `line` counts from 1."""
        shown = Path(*file.parts[-3:]) if len(file.parts) > 2 else file
        self.lines.append(f"{shown}:{line}: {message}" if line else f"{shown}: {message}")

    def raise_any(self) -> None:
        """Raise CatalogError if there is a problem."""
        if self.lines:
            more = f"\n… and {len(self.lines) - SHOWN} more" if len(self.lines) > SHOWN else ""
            raise CatalogError("the catalog cannot be used:\n" + "\n".join(self.lines[:SHOWN]) + more)


def line_of_key(text: str, key: str, nth: int = 0) -> int | None:
    """Return the line of the `nth` assignment of TOML key `key`, from 1, else of the last one; None without any."""
    pattern = re.compile(rf"^\s*\"?{re.escape(key)}\"?\s*=", re.MULTILINE)
    found = [text.count("\n", 0, match.start()) + 1 for match in pattern.finditer(text)]
    return found[min(nth, len(found) - 1)] if found else None


def line_of_table(text: str, table: str, nth: int) -> int | None:
    """Return the line of the `nth` `[[table]]` header, from 1, or None."""
    found = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{table}]]"]
    return found[nth] if nth < len(found) else None
