"""Numbers with their nouns, so that no sentence says "1 cells"."""

from collections.abc import Sequence


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Return `n` with its noun in the singular or plural; `plural` is that of a noun that takes more than an s."""
    return f"{n} {noun if n == 1 else plural or f'{noun}s'}"


def listed(names: Sequence[str], most: int) -> str:
    """Return the names joined by commas, and how many more there are than the `most` that are named."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
