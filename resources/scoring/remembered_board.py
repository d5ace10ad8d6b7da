"""Keeps the rows of the board that was computed last, by a hash of the files that they follow from, for its check."""

from collections.abc import Sequence

from core.benchmark.records import Record
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.scoring.leaderboard_row import LeaderboardRow
from resources.home import Home
from resources.judging.items import Items
from resources.judging.model_judges.every_answer import repeats_on_record
from resources.judging.model_judges.failures import without_score_on_record
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.storage.values import sha256_value


class RememberedBoard:
    """The last board of this process; none of another experiment, and none of files that are others now."""

    def __init__(self) -> None:
        self._last: tuple[str, list[LeaderboardRow]] | None = None

    def note(self, basis: str | None, rows: list[LeaderboardRow]) -> None:
        """Keep the rows of a board by the `basis_of` its files before they were read; none without one."""
        if basis is not None:
            self._last = basis, list(rows)

    def rows(self, basis: str | None) -> list[LeaderboardRow] | None:
        """Return the rows of the board that was computed last if it was computed from just this, else None."""
        last = self._last
        return list(last[1]) if last is not None and last[0] == basis else None


def basis_of(home: Home, spec: Spec, records: Sequence[Record]) -> str | None:
    """Return a hash of all that a board follows from: spec, records, ledgers, and every byte of the files they name.

    It is None where a file is missing, which whoever reads it says.
    """
    name, scores = spec.experiment, Scores(home, spec.experiment, spec.rubric)
    ledgers = Items(home, name), Items(home, name, anchors=True)
    tips = candidates(home, name).key()
    keys = [*([tips] if tips else []), *scores.dataset_keys(), *ledgers[1].dataset_keys()]
    hashes = [sha256_value(home.storage.blobs, key) for key in keys]
    if None in hashes:
        return None
    parts = [ledger.parts() for ledger in ledgers]
    lost = without_score_on_record(home, spec, records)
    return content_hash((spec, records, scores.sources(), parts, hashes, lost, repeats_on_record(home, spec, records)))
