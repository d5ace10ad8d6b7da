"""The candidates dataset: journaled outcomes and rows taken over, folded into one Parquet file in grid order."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.storage import Fence
from core.benchmark.cut import cut, ends_cut_off, why_blank
from core.benchmark.grid import Generation, grid
from core.benchmark.outcome import Outcome
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.dataset_columns import CANDIDATES
from core.grouped import group_quantiles, group_sums
from resources.home import Home
from resources.lake.broken import LakeBroken, read_value, reading
from resources.lake.datasets import engine_source
from resources.lake.journal import JOURNAL, Index, OutcomeReader, journal_of, read_index, shard_journals
from resources.lake.snapshot import ParquetSnapshot, SnapshotManifest
from resources.program_text import program_hash
from resources.storage.files import pretty
from resources.storage.values import sha256_value

ROW_GROUP = 2_000
FOLDED_FROM = "folded_from.json"
_SUMMED = ("tokens_in", "tokens_out", "cost")
_COPIED = (
    "raw",
    "reasoning",
    "finish",
    "tokens_in",
    "tokens_out",
    "tokens_reasoning",
    "latency_ms",
    "queue_ms",
    "retry_ms",
    "cost",
    "attempts",
    "error",
)


class Folded(msgspec.Struct, frozen=True):
    """The contents of folded_from.json: a hash of what was folded, that of the file it gave, the journal's size then.

    Files of earlier versions do not have the size.
    """

    inputs: str
    sha256: str
    journal: int | None = None


def candidates(home: Home, name: str) -> ParquetSnapshot:
    """Return the experiment's candidates dataset, which may be unpublished yet."""
    return ParquetSnapshot(home.storage, home.key(name, "candidates"), CANDIDATES)


def text_counts(home: Home, spec: Spec) -> dict[tuple[str, str], int]:
    """Return how many tips with a text each cell has, by model and prompt, as published last."""
    rows = candidates(home, spec.experiment).table(["cell", "outcome"])
    texts = rows.filter(pc.equal(rows["outcome"].cast(pa.string()), "text"))["cell"]
    counts = {row["values"]: row["counts"] for row in pc.value_counts(texts).to_pylist()}
    return {names: counts.get(cell, 0) for cell, names in enumerate(spec.cell_names())}


def taken_over(home: Home, spec: Spec) -> dict[str, dict[str, Any]]:
    """Return by key the texts and refusals of the experiment that `spec` extends whose key is expected here too."""
    if spec.extends is None:
        return {}
    wanted = pa.array([generation.key for generation in grid(spec)], pa.string())
    old = candidates(home, spec.extends).table()
    answered = pc.is_in(old["outcome"].cast(pa.string()), value_set=pa.array(["text", "refused"]))
    rows = old.filter(pc.and_(pc.is_in(old["candidate_id"], value_set=wanted), answered)).to_pylist()
    return {row["candidate_id"]: row for row in rows}


def failed_keys(home: Home, name: str) -> set[str]:
    """Return the keys of the generations whose outcome is a failure, answers that are blank after cuts among them."""
    table = candidates(home, name).table(["candidate_id", "outcome"])
    failed = pc.is_in(table["outcome"].cast(pa.string()), value_set=pa.array(["failed", "misconfigured"]))
    return set(table.filter(failed)["candidate_id"].to_pylist())


def collected_index(home: Home, name: str) -> Index:
    """Return the index of all that was collected by now, whether or not a whole run has taken it in."""
    return read_index(journal_of(home, name), shards=shard_journals(home, name))


def n_collected(home: Home, name: str) -> int:
    """Return how many generations have a final outcome or had an answer, journaled or published."""
    manifest, index = candidates(home, name).manifest(), collected_index(home, name)
    return max(manifest.rows if manifest else 0, len(index.final | index.answered))


def taken_from(name: str) -> str:
    """Return the `origin` of rows that were taken over from the experiment `name`."""
    return f"extends:{name}"


def fold(
    home: Home, spec: Spec, index: Index, inherited: dict[str, dict[str, Any]], fence: Fence | None = None
) -> SnapshotManifest:
    """Publish every final outcome so far and return the manifest, whose notes count the outcomes.

    Rows are written in flat memory, a row group of 2,000 at a time; the same journal gives the same bytes. A dataset
    that was folded from the same before, and whose file is as it was written, is unchanged.
    """
    folded_from = _folded_from(home, spec, index, inherited)
    if (unchanged := _unchanged(home, spec, folded_from)) is not None:
        return unchanged
    counts: dict[str, int] = {"text": 0, "refused": 0, "failed": 0, "misconfigured": 0, "cut_off": 0}

    def write(writer: pq.ParquetWriter) -> None:
        with OutcomeReader(journal_of(home, spec.experiment)) as outcomes:
            rows = _rows(spec, index, outcomes, inherited)
            while group := list(islice(rows, ROW_GROUP)):
                for row in group:
                    counts[row["outcome"]] += 1
                    counts["cut_off"] += bool(row["cut_off"])
                writer.write_table(pa.Table.from_pylist(group, CANDIDATES))

    manifest = candidates(home, spec.experiment).publish(write, counts, fence)
    folded = pretty(Folded(folded_from, manifest.sha256, index.size))
    home.storage.blobs.put(_folded_key(home, spec), folded, fence)
    return manifest


def _folded_from(home: Home, spec: Spec, index: Index, inherited: dict[str, dict[str, Any]]) -> str:
    """Return a hash of the program, the spec, the rows taken over and the journal, by its tag."""
    journal = home.storage.blobs.tag(home.key(spec.experiment, JOURNAL))
    return content_hash((program_hash(), spec, journal, len(index.final), sorted(inherited.items())))


def _unchanged(home: Home, spec: Spec, folded_from: str) -> SnapshotManifest | None:
    blobs, manifest = home.storage.blobs, candidates(home, spec.experiment).manifest()
    if manifest is None:
        return None
    try:
        folded = read_value(blobs, _folded_key(home, spec), Folded)
    except LakeBroken:
        return None
    if folded is None or (folded.inputs, folded.sha256) != (folded_from, manifest.sha256):
        return None
    written = sha256_value(blobs, home.key(spec.experiment, "candidates", manifest.file))
    return manifest if written == manifest.sha256 else None


def _folded_key(home: Home, spec: Spec) -> str:
    return home.key(spec.experiment, "candidates", FOLDED_FROM)


def is_folded(home: Home, spec: Spec) -> bool:
    """Return whether the published candidates hold all that is in the journal now."""
    name = spec.experiment
    manifest, size = candidates(home, name).manifest(), home.storage.blobs.size(home.key(name, JOURNAL))
    if manifest is None or size is None:
        return size is None
    folded = read_value(home.storage.blobs, _folded_key(home, spec), Folded)
    if folded is None or folded.journal is None:
        return len(read_index(journal_of(home, name)).final) <= manifest.rows
    return folded.journal == size


def journaled_rows(home: Home, spec: Spec) -> Iterator[dict[str, Any]]:
    """Yield the rows of all final outcomes in the journal as it is now, those taken over among them, in grid order."""
    store = journal_of(home, spec.experiment)
    with OutcomeReader(store) as outcomes:
        yield from _rows(spec, read_index(store), outcomes, taken_over(home, spec))


def _rows(
    spec: Spec, index: Index, outcomes: OutcomeReader, inherited: dict[str, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for generation in grid(spec):
        if generation.key in index.final:  # its own answer first: the extended experiment may have another one since
            yield row_of(spec, generation, outcomes.at(index.places[generation.key]))
        elif generation.key in inherited and spec.extends:
            yield {**inherited[generation.key], **_place(spec, generation), "origin": taken_from(spec.extends)}


def row_of(spec: Spec, generation: Generation, outcome: Outcome) -> dict[str, Any]:
    """Return the candidate row of a final outcome.

    An answer without a tip after cuts becomes a failure with the reason.
    """
    model_place, prompt_place = spec.cells[generation.cell]
    model, prompt = spec.models[model_place], spec.prompts[prompt_place]
    raw = outcome.raw or ""
    tip = cut(raw, prompt, model.reasoning_tags) if outcome.kind == "text" else None
    row = {name: getattr(outcome, name) for name in _COPIED}
    blank = outcome.kind == "text" and not tip
    return {
        **row,
        **_place(spec, generation),
        "candidate_id": generation.key,
        "outcome": "failed" if blank else outcome.kind,
        "text": tip or None,
        "cut_off": ends_cut_off(raw, tip, outcome.finish) if tip else None,
        "error": why_blank(raw, model.reasoning_tags, outcome.finish) if blank else outcome.error,
        "origin": "run",
    }


def _place(spec: Spec, generation: Generation) -> dict[str, Any]:
    model, prompt = spec.cells[generation.cell]
    scenario = spec.scenarios[generation.scenario]
    return {
        "cell": generation.cell,
        "model": spec.models[model].name,
        "prompt": spec.prompts[prompt].name,
        "scenario": generation.scenario,
        "scenario_id": scenario.id,
        "area": scenario.area,
        "locale": scenario.locale,
        "tip_index": generation.tip_index,
    }


def select_candidates(home: Home, name: str, wanted: dict[str, str], limit: int | None) -> list[dict[str, Any]]:
    """Return candidate rows in grid order whose columns equal `wanted`, at most `limit`; read by DuckDB."""
    import duckdb

    tips = candidates(home, name).locator()
    if tips is None:
        return []
    where = " and ".join(f'"{column}" = ?' for column in wanted) or "true"
    tail = f" limit {int(limit)}" if limit else ""
    order = "order by cell, scenario, tip_index"
    with reading(tips.uri, duckdb.IOException, duckdb.InvalidInputException), duckdb.connect() as connection:
        source, values = engine_source(connection, tips)
        query = f"select * from {source} where {where} {order}{tail}"  # noqa: S608  # column names are our own
        table: pa.Table = connection.sql(query, params=[*values, *wanted.values()]).to_arrow_table()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def cell_costs(home: Home, name: str) -> dict[int, dict[str, float]]:
    """Return for every cell with rows outcome counts, tokens, cost (USD) and latency quantiles (ms).

    What is not known is left out.
    """
    rows = candidates(home, name).table(["cell", "outcome", "cut_off", *_SUMMED, "latency_ms"])
    cell, outcome = rows["cell"].to_numpy(), rows["outcome"].cast(pa.string())
    counted = {f"n_{kind}": pc.equal(outcome, kind) for kind in ("text", "failed", "refused", "misconfigured")}
    counted["n_cut"] = pc.fill_null(rows["cut_off"], fill_value=False)
    there = np.flatnonzero(np.bincount(cell))
    n = int(there[-1]) + 1 if len(there) else 0
    columns = {key: group_sums(which.cast(pa.float64()).to_numpy(), cell, n)[0] for key, which in counted.items()}
    for key in _SUMMED:
        sums, counts = group_sums(rows[key].cast(pa.float64()).to_numpy(), cell, n)
        columns[key] = np.where(counts > 0, sums, np.nan)
    latency = group_quantiles(rows["latency_ms"].to_numpy(), cell, n, (0.5, 0.95))
    columns |= zip(("latency_p50_ms", "latency_p95_ms"), latency, strict=True)
    known = {key: ~np.isnan(column) for key, column in columns.items()}
    return {int(at): {key: float(own[at]) for key, own in columns.items() if known[key][at]} for at in there}
