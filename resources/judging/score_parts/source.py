"""The ledger of the scores, an entry for each imported file; and which entries' parts are small enough to be folded."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec

from core.benchmark.records import JudgeKind

FEWEST = 8
"""Parts next to each other that are worth being written as one."""
SMALL, MOST = 10_000, 100_000
"""Rows of a part that is folded, at most, and of the one that they become."""
MOST_RUNS = 10
"""Parts that are made at once: what is left waits for the next night."""
TAKEN_OVER = "extends:"


class Source(msgspec.Struct, frozen=True):
    """One imported file in the ledger. `sha256` is extends:NAME for scores taken over, which rank lowest.

    `read_over` and `blank` are what the file held apart from its `rows` answers, as in Accepted.
    """

    sha256: str
    file: str
    name: str
    judge: str
    kind: JudgeKind
    rows: int
    at: str
    author: str
    read_over: tuple[str, ...] = ()
    blank: int = 0


def by_part(ledger: Sequence[Source]) -> Iterator[tuple[str, list[Source]]]:
    """Yield every part with the entries whose answers it holds, in their order; those of one part are neighbours."""
    for file, own in groupby(ledger, attrgetter("file")):
        yield file, list(own)


def runs_to_fold(ledger: Sequence[Source]) -> list[list[Source]]:
    """Return entries next to each other whose small parts are to become one part, for each such part.

    Scores that were taken over are replaced as a whole, so they keep parts of their own.
    """
    runs: list[list[Source]] = [[]]
    for _, own in by_part(ledger):
        rows = sum(source.rows for source in own)
        whole = rows > SMALL or any(source.sha256.startswith(TAKEN_OVER) for source in own)
        if whole or rows + sum(source.rows for source in runs[-1]) > MOST:
            runs.append([])
        if not whole:
            runs[-1] += own
    return [run for run in runs if len({source.file for source in run}) >= FEWEST][:MOST_RUNS]
