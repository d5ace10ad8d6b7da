"""How long published decisions stay, and how those of a user leave: by export and by erasure."""

import json
import time
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from contracts.module import ModuleContext
from contracts.modules.retention import PartsRetention, Record
from contracts.modules.sealing import Pseudonyms
from contracts.modules.signal_publication import USER_PSEUDONYM
from contracts.routes import Service
from kit.times import day_of, iso
from resources.decisions.parts import SCHEMA, DecisionPartFiles
from resources.events.signal_retention import PSEUDONYMS, parts_retention

RETENTION_S = 400 * 86_400.0
"""As long as the published signals."""
LISTS = ("eligible", "probabilities")


def published_decisions(context: ModuleContext, _: Service) -> Sequence[PartsRetention]:
    """Return the retention of the published decisions of a home."""
    retention = DecisionRetention(DecisionPartFiles(context.storage), context.sealer)
    return [parts_retention("recommender_published", SCHEMA, "400 days after the decision", retention)]


class DecisionRetention:
    """Reads the parts by pseudonym, and rewrites those from which rows go."""

    def __init__(self, parts: DecisionPartFiles, names: Pseudonyms) -> None:
        self._parts, self._names = parts, names

    def export(self, user: str) -> Iterator[Record]:
        """Yield the user's rows without pseudonyms, in the order of the days, each with its day."""
        name = self._names.pseudonym(user, USER_PSEUDONYM)
        for day in self._parts.days():
            own = self._parts.table(day).filter(pc.equal(pc.field("user"), name)).drop_columns(sorted(PSEUDONYMS))
            for row in own.to_pylist():
                yield {"day": day.day, **row, **{list_: json.dumps(row[list_]) for list_ in LISTS}}

    def erase(self, user: str) -> int:
        """Rewrite the parts that hold rows of the user, and return how many rows those were; raise Erased."""
        name = self._names.pseudonym(user, USER_PSEUDONYM)
        days = self._parts.days()
        if not self._parts.left_over() and not any(_has(self._parts.table(day), name) for day in days):
            return 0  # without a wait for whoever publishes
        with self._parts.only_writer(iso(time.time())) as parts:
            return parts.keep(lambda _, table: table.filter(pc.not_equal(pc.field("user"), name)))

    def prune(self, now: float) -> int:
        """Delete the parts of days past their time, and return how many rows those had."""
        before = day_of(now - RETENTION_S)
        if all(day.day >= before for day in self._parts.days()):
            return 0
        with self._parts.only_writer(iso(time.time())) as parts:
            return parts.drop(before)


def _has(table: pa.Table, user: str) -> bool:
    return bool(pc.any(pc.equal(table["user"], user)).as_py())
