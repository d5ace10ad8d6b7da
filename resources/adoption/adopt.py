"""Adopts a file of outputs: reads, checks and writes it under the lock, the pin last, so that it is all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from core.judging.rubric import Rubric
from resources.adoption.rows import Adopted, AdoptedFile, read_adopted
from resources.adoption.store import (
    AdoptedNameTaken,
    AdoptOptions,
    adopted_kinds,
    adopted_records,
    adopted_spec,
    adoption_hash,
    clear_unpinned,
    write_candidates,
)
from resources.bench_context import BenchContext
from resources.catalog.rubrics import read_rubric_file
from resources.judging.importer import Accepted
from resources.judging.items import Items
from resources.judging.scores import Scores, answers_table
from resources.lake.files import sha256_file
from resources.lake.lock import writing
from resources.lake.specs import add_records, pin, read_spec, refuse_archived


@dataclass(frozen=True)
class Adoption:
    """The pin in force and notes on the file for the person who adopts it."""

    spec: Spec
    notes: list[str] = field(default_factory=list)


def adopt(bench: BenchContext, name: str, path: Path, options: AdoptOptions, rubric_file: Path | None) -> Adoption:
    """Make `path` the experiment `name` and return it; the same bytes and options again change nothing.

    Raise AdoptRejected with all that is wrong with the file, AdoptedNameTaken if the name holds something else,
    Archived if it is archived.
    """
    rubric = read_rubric_file(rubric_file) if rubric_file else bench.catalog().rubric(bench.defaults.rubric or "tips")
    identity = adoption_hash(path, options, rubric)
    with writing(bench.home.experiment(name), purpose="adopting", now=bench.now()):
        refuse_archived(bench.home, name)
        spec = read_spec(bench.home, name)
        if spec is not None:
            if spec.adopted != identity:
                raise AdoptedNameTaken(f"{name} holds other contents already: adopt {path.name} under another name")
            return Adoption(spec, [f"{path.name} was adopted before as {name}: nothing changed"])
        file = read_adopted(path, rubric, options.renames)
        kinds = adopted_kinds(file, options)
        spec = adopted_spec(name, file, options, rubric, identity=identity, now=bench.now())
        clear_unpinned(bench.home, name)
        ids = write_candidates(bench.home, spec, file.rows)
        _write_scores(bench, spec, file.rows, ids, kinds, path)
        add_records(bench.home, name, adopted_records(kinds, options, bench.author, bench.now()))
        spec, _ = pin(bench.home, spec)
    return Adoption(spec, _notes(spec, file, rubric, sorted(options.judge_kinds.keys() - kinds.keys())))


def _write_scores(
    bench: BenchContext, spec: Spec, rows: list[Adopted], ids: list[str], kinds: Mapping[str, JudgeKind], path: Path
) -> None:
    items = Items(bench.home, spec.experiment)
    accepted = []
    for judge in dict.fromkeys(judge for row in rows for judge in row.scores):
        scored = [(row, candidate) for row, candidate in zip(rows, ids, strict=True) if judge in row.scores]
        candidates = [candidate for _, candidate in scored]
        items.add(judge, candidates, 0)
        own = items.ids(judge, candidates)
        answers: list[dict[str, Any]] = [
            {"item": item, "candidate_id": candidate, "scores": row.scores[judge], "line": row.line}
            for item, (row, candidate) in zip(own, scored, strict=True)
        ]
        accepted.append(Accepted(path.name, judge, sha256_file(path), answers_table(spec.rubric, answers)))
    if accepted:
        Scores(bench.home, spec.experiment, spec.rubric).publish(
            accepted, dict(kinds), at=bench.now(), author=bench.author
        )


def _notes(spec: Spec, file: AdoptedFile, rubric: Rubric, strangers: list[str]) -> list[str]:
    cells, scenarios = len(spec.cells), len(spec.scenarios)
    notes = [f"{spec.experiment}: adopted {len(file.rows)} outputs of {cells} cells over {scenarios} scenarios"]
    if file.ignored:
        notes.append(f"note: columns that nothing here reads were left out: {', '.join(file.ignored)}")
    if strangers:
        notes.append(f"note: --judge-kind names {', '.join(strangers)}, and the file has no scores of theirs")
    if file.partial:
        notes.append(
            f"note: {file.partial} (tip, judge) pairs lack a criterion of {rubric.ref} and stay pending: "
            f"{', '.join(rubric.names)} are needed"
        )
    if file.on_failures:
        notes.append(f"note: {file.on_failures} scores stand on outputs without text, which count as failures")
    return notes
