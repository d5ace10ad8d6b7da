"""The folders that a catalog is read from, later ones over earlier ones."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layer:
    """A catalog folder and the kinds of entries that are read from it."""

    name: str
    folder: Path
    kinds: frozenset[str]
