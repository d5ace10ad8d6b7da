"""How long published signals stay, and how those of a user leave: by export and by erasure."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from contracts.module import ModuleContext
from contracts.modules.retention import Data, PartsRetention, Record
from contracts.modules.sealing import Pseudonyms
from contracts.modules.signal_publication import USER_PSEUDONYM
from contracts.routes import Service
from kit.times import iso
from resources.events.signal_parts import SCHEMA, SignalParts

RETENTION_S = 400 * 86_400.0
"""As long as the signal log keeps them."""
PSEUDONYMS = {"user", "decision"}


def published_signals(context: ModuleContext, _: Service) -> Sequence[PartsRetention]:
    """Return the retention of the published signals of a home."""
    retention = SignalRetention(SignalParts(context.storage), context.sealer)
    return [parts_retention("events_published", SCHEMA, "400 days after what it tells of", retention)]


class PseudonymousParts(Protocol):
    """Parts whose rows have a user and a decision under pseudonyms, as their retention sees them."""

    def export(self, user: str) -> Iterator[Record]:
        """Yield the user's rows without pseudonyms."""
        ...

    def erase(self, user: str) -> int:
        """Rewrite the parts that hold rows of the user, and return how many rows those were; raise Erased."""
        ...

    def prune(self, now: float) -> int:
        """Take away rows past their time, and return how many rows those were."""
        ...


def parts_retention(name: str, schema: pa.Schema, rule: str, parts: PseudonymousParts) -> PartsRetention:
    """Return the record of a dataset in which nothing but the pseudonyms is of a person."""
    return PartsRetention(
        name=name,
        columns={column: Data.PSEUDONYM if column in PSEUDONYMS else Data.PLAIN for column in schema.names},
        rule=rule,
        prune=parts.prune,
        export=parts.export,
        erase=parts.erase,
    )


class SignalRetention:
    """Reads the parts by pseudonym, and rewrites those from which rows go."""

    def __init__(self, parts: SignalParts, names: Pseudonyms) -> None:
        self._parts, self._names = parts, names

    def export(self, user: str) -> Iterator[Record]:
        """Yield the user's rows without pseudonyms, in the order of the log."""
        name = self._names.pseudonym(user, USER_PSEUDONYM)
        for table in self._parts.tables():
            own = table.filter(pc.equal(table["user"], name)).drop_columns(sorted(PSEUDONYMS))
            yield from ({**row, "at": iso(row["at"])} for row in own.to_pylist())

    def erase(self, user: str) -> int:
        """Rewrite the parts that hold rows of the user, and return how many rows those were; raise Erased."""
        name = self._names.pseudonym(user, USER_PSEUDONYM)
        return self._without(lambda table: pc.equal(table["user"], name))

    def prune(self, now: float) -> int:
        """Rewrite the parts that hold rows past their time, and return how many rows those were."""
        oldest = pa.scalar(int(now - RETENTION_S), pa.timestamp("s", tz="UTC"))
        return self._without(lambda table: pc.less(table["at"], oldest))

    def _without(self, goes: Callable[[pa.Table], pa.Array]) -> int:
        if not self._parts.left_over() and not any(pc.any(goes(table)).as_py() for table in self._parts.tables()):
            return 0  # without a wait for whoever publishes
        with self._parts.only_writer(iso(time.time())) as parts:
            return parts.keep(lambda table: table.filter(pc.invert(goes(table))))
