"""The scores dataset: a part for each imported file, the latest answer per item in force, all of them stored."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from contracts.storage import Fence
from core.benchmark.records import JudgeKind
from core.canonical import canonical, content_hash
from core.dataset_columns import criterion_column, scores_schema
from core.judging.rubric import Rubric
from resources.home import Home
from resources.judging.importer import Accepted
from resources.judging.items import Items
from resources.judging.score_parts.distinct_items import all_differ
from resources.judging.score_parts.source import TAKEN_OVER, Source, by_part, runs_to_fold
from resources.lake.datasets import engine_view
from resources.lake.parquet_parts import ParquetParts

if TYPE_CHECKING:
    import duckdb


_LATEST = """
    with latest as (
        select * exclude (part) from whole
        where (item in (select item from anchors)) = $anchors
        qualify row_number() over (partition by item order by part desc, candidate_id) = 1
    )
    select latest.* replace (coalesce(ledger.candidate_id, latest.candidate_id) as candidate_id)
    from latest left join ledger using (item) order by item, candidate_id
"""
"""The last answer of every item that is an anchor or of every other one, once for each candidate that is this item."""


class Scores:
    """The scores of one experiment; the caller of `publish` holds the lease by its `fence`."""

    def __init__(self, home: Home, name: str, rubric: Rubric, *, fence: Fence | None = None) -> None:
        self._storage, self._fence = home.storage, fence
        self._parts = ParquetParts(home.storage, home.key(name, "scores"), Source)
        self._items, self._anchors = Items(home, name), Items(home, name, anchors=True)
        self._rubric = rubric
        self._schema = scores_schema(rubric)

    def sources(self) -> list[Source]:
        """Return the ledger of imported files, in superseding order."""
        return self._parts.entries()

    def has(self, sha256: str) -> bool:
        """Return whether a file with these bytes was imported."""
        return any(source.sha256 == sha256 for source in self.sources())

    def publish(
        self,
        accepted: Sequence[Accepted],
        kinds: dict[str, JudgeKind],
        *,
        at: str,
        author: str,
        inherited: bool = False,
    ) -> None:
        """Add files in one switch; with `inherited` they replace all that was taken over before and rank lowest.

        What was taken over just so before stays as it is. Raise StaleFence.
        """
        if inherited and self._holds(accepted, kinds):
            return
        own = [source for source in self.sources() if not (inherited and source.sha256.startswith(TAKEN_OVER))]
        new = []
        for entry in accepted:
            kind = kinds[entry.judge]
            table = self._typed(entry, kind)
            file = self._parts.write(f"{content_hash([entry.sha256, entry.judge])[:20]}", table, self._fence)
            source = Source(entry.sha256, file, entry.name, entry.judge, kind, table.num_rows, at, author)
            new.append(msgspec.structs.replace(source, read_over=entry.read_over, blank=entry.blank))
        sources = [*new, *own] if inherited else [*own, *new]
        self._parts.switch(sources, [source.file for source in sources], self._fence)

    def current(self, sources: Sequence[Source] | None = None) -> pa.Table:
        """Return the answers in force by item, once for each tip that the item stands for.

        An empty typed table before the first. `sources` is a ledger read before, for a caller who looks rows up in
        it: a file may be imported between two readings.
        """
        return self._latest(sources, anchors=False)

    def in_force(self, columns: Sequence[str]) -> pa.Table:
        """Return these columns of `current`, its rows in no order, which is quicker where each item is one answer."""
        ledger = self.sources()
        if not self._as_written(ledger):
            return self.current(ledger).select(columns)
        parts = [self._parts.read(file, columns) for file, _ in by_part(ledger)]
        return pa.concat_tables(parts).unify_dictionaries()

    def _as_written(self, ledger: Sequence[Source]) -> bool:
        """Return whether the parts hold every item once, none stands for two tips, and nothing was shown again.

        Then each answer is in force, for the tip that it names.
        """
        if not ledger or self._anchors.parts():
            return False
        answers = [self._parts.key(file) for file, _ in by_part(ledger)]
        return all(all_differ(self._storage, keys) for keys in (answers, self._items.dataset_keys()))

    def repeats(self, sources: Sequence[Source] | None = None) -> pa.Table:
        """Return the last answer to every anchor, in the columns of `current`, in which none of them stands."""
        if not self._anchors.table().num_rows:  # most experiments have none, and all parts would be read for nothing
            return self._schema.empty_table()
        return self._latest(sources, anchors=True)

    def _latest(self, sources: Sequence[Source] | None, *, anchors: bool) -> pa.Table:
        import duckdb

        ledger = self.sources() if sources is None else sources
        if not ledger:
            return self._schema.empty_table()
        whole = pa.concat_tables(
            [
                table.append_column("part", pa.repeat(pa.scalar(n, pa.int32()), len(table)))
                for n, (_, table) in enumerate(self._answers(ledger))
            ]
        ).unify_dictionaries()
        with duckdb.connect() as connection:
            connection.register("whole", whole)
            connection.register("ledger", self._items.table().select(["item", "candidate_id"]))
            connection.register("anchors", self._anchors.table().select(["item"]))
            latest: pa.Table = connection.sql(_LATEST, params={"anchors": anchors}).to_arrow_table()
        return latest.cast(self._schema)

    def view(self, connection: "duckdb.DuckDBPyConnection") -> None:
        """Give the connection a view `scores` of the answers in force, with the columns of `current`.

        It looks into the parts themselves where they are what is in force.
        """
        ledger = self.sources()
        if self._as_written(ledger):
            parts = [self._storage.datasets.locator(self._parts.key(file)) for file, _ in by_part(ledger)]
            engine_view(connection, parts).create_view("scores")
        else:
            connection.register("scores", self.current(ledger))

    def history(self, item: str, sources: Sequence[Source] | None = None) -> list[dict[str, Any]]:
        """Return every answer that an item got, oldest first; `sources` as in `current`."""
        found: list[dict[str, Any]] = []
        for file, own in by_part(self.sources() if sources is None else sources):
            rows = self._parts.where(file, "item", item).to_pylist()
            for source in own:
                given = [row for row in rows if len(own) == 1 or _is_of(row, source)]
                found += [{**row, "at": source.at, "author": source.author} for row in given]
        return found

    def exchanged(self) -> list[str]:
        """Return the keys of parts with other answers than the ledger says; raise LakeBroken for a damaged one."""
        answers = self._answers(self.sources(), ["source", "judge"])
        found = [self._parts.key(source.file) for source, table in answers if not _holds_those(table, source)]
        return list(dict.fromkeys(found))

    def can_be_folded(self) -> bool:
        """Return whether small parts could become one, or a fold has left parts that nobody reads any more."""
        ledger = self.sources()
        return bool(runs_to_fold(ledger) or self._parts.unnamed(_files(ledger)))

    def fold(self) -> int:
        """Write small parts of neighbours in the ledger as one; return how many parts fewer answers lie in then.

        The ledger stays but for where answers lie, and so do they and their order. Parts that it no longer names stay
        until the next fold or import, for whoever has read it before. A part that was exchanged is left as it is. Raise
        StaleFence or LakeBroken.
        """
        ledger, fewer = self.sources(), 0
        stay = _files(ledger)
        self._parts.drop_unnamed(stay, self._fence)
        for run in runs_to_fold(ledger):
            answers = list(self._answers(run))
            if not all(_holds_those(table, source) for source, table in answers):
                continue
            whole = pa.concat_tables([table for _, table in answers]).unify_dictionaries()
            name = content_hash([[source.sha256, source.judge] for source in run])[:20]
            file, moved = self._parts.write(name, whole, self._fence), set(_files(run))
            stay.append(file)
            ledger = [msgspec.structs.replace(each, file=file) if each.file in moved else each for each in ledger]
            self._parts.switch(ledger, stay, self._fence)
            fewer += len(moved) - 1
        return fewer

    def _answers(
        self, ledger: Sequence[Source], columns: Sequence[str] | None = None
    ) -> Iterator[tuple[Source, pa.Table]]:
        """Yield every entry with its answers; those of entries that share a part lie there in the ledger's order."""
        for file, own in by_part(ledger):
            table, start = self._parts.read(file, columns), 0
            for source in own[:-1]:
                yield source, table.slice(start, source.rows)
                start += source.rows
            yield own[-1], table.slice(start)

    def dataset_keys(self) -> list[str]:
        """Return the keys of the datasets of the answers, and of the items that they are given to."""
        return [*(self._parts.key(file) for file in _files(self.sources())), *self._items.dataset_keys()]

    @property
    def snapshot_hash(self) -> str:
        """Return a hash that is equal for the same sources in the same order, whenever they were imported."""
        return content_hash([(source.sha256, source.judge, source.kind) for source in self.sources()])

    def _holds(self, accepted: Sequence[Accepted], kinds: dict[str, JudgeKind]) -> bool:
        """Return whether these files, and no others, are what was taken over before."""
        before = {(s.sha256, s.judge): s for s in self.sources() if s.sha256.startswith(TAKEN_OVER)}
        return before.keys() == {(entry.sha256, entry.judge) for entry in accepted} and all(
            before[entry.sha256, entry.judge].rows == entry.table.num_rows  # else a kill came before the switch
            and self._parts.read(before[entry.sha256, entry.judge].file).to_pylist()
            == self._typed(entry, kinds[entry.judge]).to_pylist()
            for entry in accepted
        )

    def _typed(self, entry: Accepted, kind: JudgeKind) -> pa.Table:
        rows = entry.table.num_rows
        table = entry.table
        for name, value in (("judge", entry.judge), ("kind", kind), ("source", entry.sha256)):
            codes = pa.repeat(pa.scalar(0, pa.int32()), rows)
            table = table.append_column(name, pa.DictionaryArray.from_arrays(codes, pa.array([value])))
        return table.select(self._schema.names).cast(self._schema)


def _files(ledger: Sequence[Source]) -> list[str]:
    return list(dict.fromkeys(source.file for source in ledger))


def _is_of(row: Mapping[str, Any], source: Source) -> bool:
    return bool((row["source"], row["judge"]) == (source.sha256, source.judge))


def _holds_those(table: pa.Table, source: Source) -> bool:
    """Return whether these are as many answers as the entry says, of its file and judge."""
    given = [table[name].unique().to_pylist() for name in ("source", "judge")]
    return table.num_rows == source.rows and (not source.rows or given == [[source.sha256], [source.judge]])


Given = Mapping[str, float]
"""A judge's value of every criterion."""


def answer_lines(rubric: Rubric, table: pa.Table) -> bytes:
    """Return the answers of an Accepted as canonical JSON lines, which read again give the same answers."""
    lines = []
    for row in table.to_pylist():
        answer: dict[str, Any] = {"item": row["item"], "rubric": rubric.ref}
        answer |= {name: row[name] for name in ("comment", "unscorable") if row[name] is not None}
        if row["unscorable"] is None:
            answer["scores"] = given_scores(rubric, row)
        lines.append(canonical(answer) + b"\n")
    return b"".join(lines)


def given_scores(rubric: Rubric, row: Mapping[str, Any]) -> dict[str, float]:
    """Return a judge's value of every criterion from a row of the dataset; a gate that was left out is not there."""
    values = {name: row[criterion_column(name)] for name in rubric.names}
    return {name: value for name, value in values.items() if value is not None}


def answers_table(rubric: Rubric, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return rows with item, candidate_id, scores, comment, unscorable and line as the columns of an Accepted."""
    flat = [
        {**row, **{criterion_column(name): value for name, value in (row.get("scores") or {}).items()}} for row in rows
    ]
    names = ["item", "candidate_id", *(criterion_column(c) for c in rubric.names), "comment", "unscorable", "line"]
    return pa.Table.from_pylist(flat, pa.schema([scores_schema(rubric).field(name) for name in names]))


def scored_table(
    rubric: Rubric, items: Sequence[str], candidates: Sequence[str], lines: Sequence[int], scores: Sequence[Given]
) -> pa.Table:
    """Return answers with a value for every criterion, gates aside, as `answers_table` does, from equal columns."""
    schema = scores_schema(rubric)
    averaged = set(rubric.averaged_names)  # what stands in every answer
    values = {
        criterion_column(name): list(
            map(itemgetter(name), scores) if name in averaged else (own.get(name) for own in scores)
        )
        for name in rubric.names
    }
    columns = {"item": items, "candidate_id": candidates, **values}
    rest = {name: pa.nulls(len(items), pa.string()) for name in ("comment", "unscorable")}
    fields = [schema.field(name) for name in (*columns, *rest, "line")]
    return pa.table({**columns, **rest, "line": lines}, schema=pa.schema(fields))
