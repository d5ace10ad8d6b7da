"""The items ledger: the tips and the judge behind each opaque id; it never leaves the lake."""

from collections.abc import Hashable, Sequence
from itertools import compress

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from contracts.storage import Fence
from core.benchmark.spec import Spec
from core.dataset_columns import ITEMS
from core.judging.blinding import item_ids
from resources.home import Home
from resources.lake.candidates import candidates
from resources.lake.parquet_parts import ParquetParts

HAS_MUST_NOT = "has_must_not"
"""The column that says whether an item's scenario says what must not be said."""


class ItemsPart(msgspec.Struct, frozen=True):
    """One addition to the ledger."""

    file: str
    judge: str
    export: int
    rows: int


class Items:
    """The ledger of one experiment; the caller of `add` holds the lease by its `fence`, without which it only reads.

    The ledger of `anchors` holds what judges who have scored it are shown once more, under ids of its own: an answer to
    one of them can be told from an answer to the first item, whatever file it comes in.
    """

    def __init__(self, home: Home, name: str, *, anchors: bool = False, fence: Fence | None = None) -> None:
        self._home, self._name, self._anchors, self._fence = home, name, anchors, fence
        self._parts = ParquetParts(home.storage, home.key(name, "anchors" if anchors else "items"), ItemsPart)

    def parts(self) -> list[ItemsPart]:
        """Return the additions to the ledger, oldest first."""
        return self._parts.entries()

    def table(self, judge: str | None = None) -> pa.Table:
        """Return all items, or one judge's, each (judge, candidate) once; candidates that look alike share an item."""
        parts = [part for part in self._parts.entries() if judge is None or part.judge == judge]
        tables = [self._parts.read(part.file).cast(ITEMS) for part in parts]
        return pa.concat_tables([ITEMS.empty_table(), *tables]).unify_dictionaries()

    def dataset_keys(self) -> list[str]:
        """Return the keys of the ledger's datasets."""
        return [self._parts.key(part.file) for part in self._parts.entries()]

    def ids(self, judge: str, candidates: Sequence[str]) -> list[str]:
        """Return the item ids that `judge` has for these candidates, or would get.

        An id in the ledger outlives its secret.
        """
        return self._ids(judge, candidates)[0]

    def count(self, judge: str, candidates: Sequence[str]) -> int:
        """Return how many items of `judge` these candidates are; one that is not in the ledger counts for itself."""
        noted = self._noted(judge, candidates)
        return len(set(noted) - {None}) + noted.count(None)

    def add(self, judge: str, candidates: Sequence[str], export: int) -> list[str]:
        """Record that these candidates are items of `judge` and return the items; known ones stay as they are.

        Export 0 has no folder. Raise StaleFence.
        """
        ids, known = self._ids(judge, candidates)
        self._note(judge, candidates, ids, known, export)
        return ids

    def share(
        self, judge: str, candidates: Sequence[str], groups: Sequence[Hashable], export: int, *, with_known: bool = True
    ) -> list[str]:
        """Record and return as `add` does, candidates of an equal group as one item: the group's first known or first.

        Known ones stay as they are, also those of one group that have items of their own. New ones share an item among
        themselves alone if `with_known` is false.
        """
        ids, known = self._ids(judge, candidates)
        items: dict[Hashable, str] = {}
        for place in sorted(range(len(candidates)), key=lambda place: not known[place]):
            if with_known or not known[place]:
                items.setdefault(groups[place], ids[place])
        ids = [ids[place] if known[place] else items[groups[place]] for place in range(len(candidates))]
        self._note(judge, candidates, ids, known, export)
        return ids

    def _note(
        self, judge: str, candidates: Sequence[str], ids: Sequence[str], known: Sequence[bool], export: int
    ) -> None:
        """Write the items that are not known yet into the ledger."""
        if any(known):
            unknown = [not old for old in known]
            ids, candidates = list(compress(ids, unknown)), list(compress(candidates, unknown))
        new = len(ids)
        if not new:
            return
        columns = {
            "item": pa.array(ids, pa.string()),
            "judge": pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), new), pa.array([judge])),
            "candidate_id": pa.array(candidates, pa.string()),
            "export": pa.repeat(pa.scalar(export, pa.int32()), new),
        }
        parts = self._parts.entries()
        file = self._parts.write(f"{judge}-{len(parts):05d}", pa.table(columns, schema=ITEMS), self._fence)
        added = [*parts, ItemsPart(file, judge, export, new)]
        self._parts.switch(added, [part.file for part in added], self._fence)

    def _ids(self, judge: str, candidates: Sequence[str]) -> tuple[list[str], list[bool]]:
        """Return an id for each candidate, and whether the ledger knew it."""
        noted = self._noted(judge, candidates)
        unknown = [candidate for item, candidate in zip(noted, candidates, strict=True) if item is None]
        secret = self._home.secret("blinding") if unknown else b""
        made = item_ids(secret, self._name, judge, unknown, again=self._anchors)
        if len(unknown) == len(noted):
            return made, [False] * len(noted)
        new = iter(made)
        return [next(new) if item is None else item for item in noted], [item is not None for item in noted]

    def _noted(self, judge: str, candidates: Sequence[str]) -> list[str | None]:
        """Return the item that the ledger has for each candidate, None for those that it does not know."""
        ledger = self.table(judge) if candidates else ITEMS.empty_table()
        if not len(ledger):
            return [None] * len(candidates)
        places = pc.index_in(pa.array(candidates, pa.string()), value_set=ledger["candidate_id"].combine_chunks())
        noted: list[str | None] = ledger["item"].take(places).to_pylist()
        return noted


def all_items(home: Home, name: str) -> pa.Table:
    """Return every item that a file of answers may name, first showings and anchors."""
    return pa.concat_tables([Items(home, name).table(), Items(home, name, anchors=True).table()]).unify_dictionaries()


def answerable_items(home: Home, spec: Spec) -> pa.Table:
    """Return `all_items`, with HAS_MUST_NOT where the rubric has a criterion that not every item is asked."""
    items = all_items(home, spec.experiment)
    if not spec.rubric.conditional:
        return items
    tips = candidates(home, spec.experiment).table(["candidate_id", "scenario"])
    rows = pc.index_in(items["candidate_id"], value_set=tips["candidate_id"].combine_chunks())
    by_scenario = pa.array([scenario.has_must_not for scenario in spec.scenarios])
    said = by_scenario.take(tips["scenario"].take(rows).combine_chunks())
    return items.append_column(HAS_MUST_NOT, pc.fill_null(said, False))
