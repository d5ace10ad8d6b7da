"""Writes adopted outputs and their scores as an experiment: all of it, or nothing."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import Fence
from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.benchmark.records import (
    BaselineRecord,
    CellTitle,
    DataWarning,
    JudgeKind,
    JudgeRecord,
    Record,
    check_baseline,
    judge_kind,
    split_baseline,
)
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec
from core.canonical import content_hash
from core.dataset_columns import CANDIDATES
from core.expected_error import FieldError
from core.judging.rounds import open_rounds
from core.judging.rubric import Rubric
from resources.adoption.coded import Coded
from resources.adoption.options import AdoptOptions
from resources.adoption.read import AdoptedFile
from resources.adoption.rows import Adopted
from resources.bench_context import BenchContext
from resources.home import Home
from resources.judging import inbox
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.datasets import written_as
from resources.lake.specs import add_records, read_records

_ROW_GROUP = 10_000
"""Rows that a reader gets at once: more than of a run, whose answers are never in memory all together."""
_MEASURED = ("tokens_in", "tokens_out", "latency_ms", "cost")


class AdoptedNameTaken(FieldError):
    """The experiment exists with other contents."""

    code = "NAME_TAKEN"


def adoption_hash(hashes: Sequence[str], options: AdoptOptions, rubric: Rubric) -> str:
    """Return a hash that is equal for the same bytes, options and rubric; options that are not used do not enter it.

    `hashes` are the SHA-256 of the files' bytes, as hex digits.
    """
    given = msgspec.to_builtins(options)
    for name in ("sets", "labels", "without_scores"):
        if not given[name]:
            del given[name]
    return content_hash([hashes[0] if len(hashes) == 1 else list(hashes), given, rubric])


def adopted_spec(
    name: str, file: AdoptedFile, options: AdoptOptions, rubric: Rubric, *, identity: str, now: str
) -> Spec:
    """Return the pin of an adopted experiment: cells, models, prompts and scenarios by first appearance.

    Raise UnknownBaseline if the baseline is no cell of the files.
    """
    numbers = file.numbers
    spec = Spec(
        experiment=name,
        source="adopt",
        options=Options(rubric=rubric.ref, failures=options.failures, seed=options.seed),
        models=tuple(Model(model, "adopted") for model in numbers.models),
        prompts=tuple(Prompt(prompt, "adopted", "made elsewhere", "chat", ()) for prompt in numbers.prompts),
        cells=tuple(numbers.cells),
        scenarios=tuple(Scenario(row.scenario_id, row.area, row.locale, row.scenario) for row in numbers.firsts),
        rubric=rubric,
        n_tips=max(numbers.column("tip_index")) + 1,
        temperature=None,
        seed=options.seed,
        failures=options.failures,
        created_at=now,
        adopted=identity,
    )
    if options.baseline:
        check_baseline(spec.cell_names(), split_baseline(options.baseline))
    return spec


def is_judged(bench: BenchContext, spec: Spec) -> bool:
    """Return whether anyone has judged an experiment, or is about to: scores, files that wait, answers, a round."""
    home, name = bench.home, spec.experiment
    waiting = bench.answers is not None and name in bench.answers.unpublished()
    rounds = open_rounds(read_records(home, name))
    return bool(Scores(home, name, spec.rubric).sources() or inbox.pending(home, name) or waiting or rounds)


def clear(home: Home, name: str, fence: Fence, *, keep_judges: bool) -> None:
    """Remove an adoption, its pin first, so that a crash on the way leaves a name that is free.

    With `keep_judges` those on record stay there, since a judge's kind never changes; without a pin, what a crash left
    goes as a whole. The caller holds the lease by its fence and saw no judgement.
    """
    blobs = home.storage.blobs
    judges = [record for record in read_records(home, name) if isinstance(record, JudgeRecord)] if keep_judges else []
    blobs.delete(home.key(name, "spec.json"), fence)
    for part in ("candidates", "items", "scores", "leaderboards"):
        blobs.discard(home.key(name, part), fence)
    blobs.sweep(home.key(name))
    blobs.delete(home.key(name, "records.jsonl"), fence)
    add_records(home, name, judges, fence)


def write_candidates(home: Home, spec: Spec, numbers: Coded, fence: Fence) -> list[str]:
    """Publish the candidates dataset and return the candidate ids in the order of the rows; raise StaleFence."""
    rows, cells, scenarios = numbers.rows, numbers.cell, numbers.scenario
    hashes = [entry.hash for entry in spec.scenarios]
    named = zip(rows, map(hashes.__getitem__, scenarios.tolist()), strict=True)
    ids = [content_hash([row.model, row.prompt, own, row.tip_index, row.text])[:32] for row, own in named]
    columns: dict[str, Any] = {**_columns(rows), "candidate_id": ids, "cell": cells, "scenario": scenarios}
    plain = pa.schema([_decoded_field(field) for field in CANDIDATES])
    order = np.lexsort([columns["tip_index"], scenarios, cells])
    table = pa.table({field.name: _column(columns, field, len(rows)) for field in plain}, schema=plain).take(order)
    textless = sum(not row.text for row in rows)
    counts = {"text": len(rows) - textless, "refused": 0, "failed": textless}

    def write(writer: pq.ParquetWriter) -> None:
        for start in range(0, len(rows), _ROW_GROUP):
            writer.write_table(table.slice(start, _ROW_GROUP).cast(CANDIDATES))

    candidates(home, spec.experiment).publish(write, counts, fence, **written_as(CANDIDATES))
    return ids


def _column(columns: Mapping[str, Any], field: pa.Field, rows: int) -> pa.Array:
    return pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(rows, field.type)


def _columns(rows: Sequence[Adopted]) -> dict[str, Sequence[Any]]:
    """Return the columns that rows have in the candidates dataset, without their ids and the numbers of their cells."""
    texts = pa.array([row.text for row in rows], pa.string())
    same = ("model", "prompt", "scenario_id", "area", "locale", "tip_index", *_MEASURED)
    return {
        **{name: list(map(attrgetter(name), rows)) for name in same},
        "text": texts,
        "raw": texts,
        "outcome": ["text" if row.text else "failed" for row in rows],
        "attempts": np.ones(len(rows), np.int32),
        "error": [None if row.text else "no text in the adopted file" for row in rows],
        "origin": pa.repeat("adopt", len(rows)),
    }


def _decoded_field(field: pa.Field) -> pa.Field:
    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


def adopted_kinds(file: AdoptedFile, options: AdoptOptions, known: Mapping[str, JudgeKind]) -> dict[str, JudgeKind]:
    """Return the kind of every judge of the file and of the options.

    One on record keeps its kind; else the options say it, then the tool whose file it is, else it is human. Raises
    JudgeConflict.
    """
    kinds: dict[str, JudgeKind] = {}
    for judge in dict.fromkeys([*file.judges, *options.judges]):
        given = options.judge_kinds.get(judge) or options.judges.get(judge)
        kinds[judge] = judge_kind(judge, given or (None if judge in known else file.judges.get(judge)), dict(known))
    return kinds


def adopted_records(
    file: AdoptedFile,
    kinds: Mapping[str, JudgeKind],
    options: AdoptOptions,
    warnings: Sequence[str],
    author: str,
    now: str,
) -> list[Record]:
    """Return judges, baseline, titles of cells and warnings as append-only records."""
    records: list[Record] = [JudgeRecord(judge, kind, author, now) for judge, kind in kinds.items()]
    if options.baseline:
        records.append(BaselineRecord(*split_baseline(options.baseline), author, now))
    records += [CellTitle(model, prompt, title, author, now) for (model, prompt), title in file.titles.items()]
    return [*records, *(DataWarning(text, author, now) for text in warnings)]
