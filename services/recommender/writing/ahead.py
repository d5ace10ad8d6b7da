"""Has tips written for contexts that users came with, after they were answered, and gives those that are not served."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.module import ModuleContext
from contracts.modules.profile import Purpose
from contracts.modules.sealing import Erased, Unreadable, UserSealer
from contracts.tips.ahead import AheadPlace, AheadRequest, AheadWriter, WrittenTip
from contracts.tips.catalog import CatalogCell, CatalogTip, TipCatalog
from core.canonical import content_hash
from kit.sealed import SealedColumn
from kit.sql.store import Store
from services.recommender.drawing.contexts import UnderstoodContext
from services.recommender.drawing.decisions import PlacedTip
from services.recommender.drawing.eligibility import EligibleArms
from services.recommender.people import TipReader, reader_of
from services.recommender.settings import AheadTable
from services.recommender.tables import TEXTS

DAY_S = 86_400.0
MOST_WANTED = 1_000
"""Contexts that wait for tips, at most; the oldest are let go."""
NOT_FILLED_IN = ("at", "time_zone")
"""Fields of a context that say nothing of what a tip should be about."""
SEALED = SealedColumn("recommender_texts ", str)
_UNUSED = sa.select(TEXTS).where(
    TEXTS.c.user == sa.bindparam("whose"),
    TEXTS.c.context == sa.bindparam("name"),
    TEXTS.c.made_at > sa.bindparam("since"),
    TEXTS.c.served_at.is_(None),
    TEXTS.c.fault == "",
)
_THERE = sa.select(TEXTS.c.arm, TEXTS.c.served_at, TEXTS.c.fault, TEXTS.c.made_at).where(
    TEXTS.c.user == sa.bindparam("whose"), TEXTS.c.context == sa.bindparam("name")
)
_SPENT = sa.select(sa.func.coalesce(sa.func.sum(TEXTS.c.cost), 0.0)).where(TEXTS.c.made_at > sa.bindparam("since"))


def journal_folder(sealer: UserSealer, user: str) -> str:
    """Return the folder of the store in which a user's journal stands while something is written; raise Erased."""
    return f"recommender/ahead/{sealer.pseudonym(user, 'recommender journal')}"


@dataclass(frozen=True)
class WantedContext:
    """A context that a user came with: its fields, and a name that only the user's key gives."""

    user: str
    name: str
    data: Mapping[str, Any]
    area: str | None
    locale: str | None


class TipsAhead:
    """What one process has written; contexts that wait are in memory alone, and come again with the next request."""

    def __init__(
        self,
        context: ModuleContext,
        store: Store,
        writer: AheadWriter,
        catalog: Callable[[], TipCatalog],
        now: Callable[[], float],
    ) -> None:
        self._store, self._writer, self._catalog, self._now = store, writer, catalog, now
        self._sealer, self._storage, self._ids = context.sealer, context.storage, context.ids
        self._rule: AheadTable = context.settings.ahead
        self._lock = threading.Lock()
        self._wanted: dict[tuple[str, str], WantedContext] = {}

    def wanted(self, user: str, given: Mapping[str, Any], context: UnderstoodContext) -> WantedContext:
        """Return the context under its name: the same fields with the same values, whenever they were read."""
        data = {key: value for key, value in given.items() if key not in NOT_FILLED_IN}
        hashed = content_hash(data)
        name = self._sealer.pseudonym(user, f"recommender context {hashed}")
        return WantedContext(user, name, data, context.area, context.locale)

    def unused(self, connection: sa.Connection, wanted: WantedContext, reader: TipReader) -> "AheadTexts":
        """Return the newest text of each cell that was written for this context and not served; raise Erased.

        Without the consent that their model needs now, texts of other companies' models are left out.
        """
        since = self._now() - self._rule.stands_hours * 3_600.0
        rows = connection.execute(_UNUSED, {"whose": wanted.user, "name": wanted.name, "since": since}).all()
        found = dict[str, CatalogTip]()
        for row in sorted(rows, key=lambda row: (-row.made_at, row.id)):
            if row.arm in found or (row.external and not reader.agrees(Purpose.EXTERNAL_MODEL)):
                continue
            try:
                text = SEALED.open(self._sealer, wanted.user, row.id, row.sealed)
            except Unreadable:  # damaged: the cell has judged texts
                continue
            found[row.arm] = CatalogTip(row.id, row.area, text)
        return AheadTexts(found)

    def want(self, wanted: WantedContext) -> None:
        """Note that tips are wanted for a context."""
        with self._lock:
            self._wanted.pop((wanted.user, wanted.name), None)
            self._wanted[wanted.user, wanted.name] = wanted
            while len(self._wanted) > MOST_WANTED:
                self._wanted.pop(next(iter(self._wanted)))

    def step(self) -> bool:
        """Have tips written for the context that waits longest; return whether there was one."""
        with self._lock:
            if not self._wanted:
                return False
            wanted = self._wanted.pop(next(iter(self._wanted)))
        with suppress(Erased):  # nothing of this user is written any more
            self._write(wanted)
        return True

    def stop(self) -> None:
        """Let a step under way end within seconds."""
        self._writer.stop()

    def _write(self, wanted: WantedContext) -> None:
        may_leave = self._writer.arms()
        with self._store.reading() as connection:
            reader = reader_of(connection, self._sealer, wanted.user)
            there = connection.execute(_THERE, {"whose": wanted.user, "name": wanted.name}).all()
            spent = float(connection.execute(_SPENT, {"since": self._now() - DAY_S}).scalar_one())
        agrees = reader.agrees(Purpose.EXTERNAL_MODEL)
        places = self._places(wanted, {arm for arm, external in may_leave.items() if agrees or not external}, there)
        ceiling = self._rule.max_cost_per_day - spent
        if not places or ceiling <= 0:
            return
        request = AheadRequest(
            context=wanted.name,
            journal=journal_folder(self._sealer, wanted.user),
            data=wanted.data,
            locale=wanted.locale,
            places=tuple(places),
            ceiling=ceiling,
        )
        try:
            written = self._writer.write(wanted.user, request)
            with self._store.writing() as connection:
                for each in written:
                    connection.execute(TEXTS.insert(), self._row(wanted, each, external=may_leave[each.place.arm]))
        except Erased:
            self._storage.blobs.discard(request.journal)  # nobody could name it any more
            raise
        self._storage.blobs.discard(request.journal)

    def _places(self, wanted: WantedContext, able: set[str], there: Sequence[Any]) -> list[AheadPlace]:
        """The best cells that can write and have neither a text in store for this context nor failed at it lately."""
        since = self._now() - self._rule.stands_hours * 3_600.0
        has = {row.arm for row in there if row.made_at > since and (row.served_at is None or row.fault)}
        found = list[AheadPlace]()
        cells = [cell for cell in self._catalog().cells if cell.arm in able][: self._rule.cells]
        for cell in cells:
            area = wanted.area or _area_of(cell, wanted.name)
            if cell.arm not in has:
                found.append(AheadPlace(cell.arm, area, sum(row.arm == cell.arm for row in there)))
        return found

    def _row(self, wanted: WantedContext, written: WrittenTip, *, external: bool) -> dict[str, Any]:
        id_ = f"a-{self._ids()}"
        return {
            "id": id_,
            "user": wanted.user,
            "context": wanted.name,
            "arm": written.place.arm,
            "area": written.place.area,
            "made_at": self._now(),
            "cost": written.cost,
            "external": external,
            "fault": written.fault,
            "sealed": SEALED.seal(self._sealer, wanted.user, id_, written.text or ""),
        }


@dataclass(frozen=True)
class AheadTexts:
    """The newest unused text of each arm for the context of one decision."""

    tips: Mapping[str, CatalogTip]

    def joined(self, catalog: TipCatalog) -> TipCatalog:
        """Return the catalog with the texts beside those of their cells, of which none is added."""
        if not self.tips:
            return catalog
        cells = [
            msgspec.structs.replace(cell, tips=(self.tips[cell.arm], *cell.tips)) if cell.arm in self.tips else cell
            for cell in catalog.cells
        ]
        return msgspec.structs.replace(catalog, cells=tuple(cells))

    def first(self, eligible: EligibleArms) -> EligibleArms:
        """Return what is eligible, with the text alone where an arm has one that is."""
        tips = {
            arm: [self.tips[arm]] if arm in self.tips and self.tips[arm] in left else left
            for arm, left in eligible.tips.items()
        }
        return EligibleArms(tips, eligible.left_out)

    def marked(self, placed: PlacedTip, catalog: TipCatalog) -> PlacedTip:
        """Return the tip with where its text comes from."""
        if placed.tip in self.tips.values():
            return replace(placed, source="ahead")
        return replace(placed, source="template") if catalog.is_fallback([placed.tip.id]) else placed

    def note_served(self, connection: sa.Connection, placed: Sequence[PlacedTip], now: float) -> None:
        """Note which of the texts are served, in the transaction of their decision."""
        own = [each.tip.id for each in placed if each.source == "ahead"]
        if own:
            connection.execute(TEXTS.update().where(TEXTS.c.id.in_(own)).values(served_at=now))


NOTHING_AHEAD = AheadTexts({})


def _area_of(cell: CatalogCell, name: str) -> str:
    """One of the areas that a cell writes about, for a context that names none."""
    areas = sorted({tip.area for tip in cell.tips})
    return areas[int(name, 16) % len(areas)]
