"""Adopts a file of outputs: read, checked and written under the lock, the pin last, so that all of it is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.records import JudgeKind
from core.rubric import Rubric
from core.spec import Spec
from resources.adoption.rows import Adopted, AdoptedFile, read_adopted
from resources.adoption.store import (
    AdoptOptions,
    NameTaken,
    adopted_kinds,
    adopted_records,
    adopted_spec,
    adoption_hash,
    clear_unpinned,
    write_candidates,
)
from resources.catalog.rubrics import read_rubric_file
from resources.house import House
from resources.judging.importer import Accepted
from resources.judging.items import Items
from resources.judging.scores import Scores, answers_table
from resources.lake.files import sha256_file
from resources.lake.lock import writing
from resources.lake.specs import add_records, pin, read_spec, refuse_archived


@dataclass(frozen=True)
class Adoption:
    """The pin in force and what a person should know about the file."""

    spec: Spec
    notes: list[str] = field(default_factory=list)


def adopt(house: House, name: str, path: Path, options: AdoptOptions, rubric_file: Path | None) -> Adoption:
    """Make `path` the experiment `name`; the same bytes and options again change nothing.

    Raises AdoptRejected with everything that is wrong with the file, NameTaken when the name holds something else,
    Archived when it is.
    """
    rubric = read_rubric_file(rubric_file) if rubric_file else house.catalog().rubric(house.defaults.rubric or "tips")
    identity = adoption_hash(path, options, rubric)
    with writing(house.home.experiment(name), purpose="adopting", now=house.now()):
        refuse_archived(house.home, name)
        spec = read_spec(house.home, name)
        if spec is not None:
            if spec.adopted != identity:
                raise NameTaken(f"{name} holds other contents already: adopt {path.name} under another name")
            return Adoption(spec, [f"{path.name} was adopted before as {name}: nothing changed"])
        file = read_adopted(path, rubric, options.renames)
        kinds = adopted_kinds(file, options)
        spec = adopted_spec(name, file, options, rubric, identity=identity, now=house.now())
        clear_unpinned(house.home, name)
        ids = write_candidates(house.home, spec, file.rows)
        _write_scores(house, spec, file.rows, ids, kinds, path)
        add_records(house.home, name, adopted_records(kinds, options, house.author, house.now()))
        spec, _ = pin(house.home, spec)
    return Adoption(spec, _notes(spec, file, rubric, sorted(options.judge_kinds.keys() - kinds.keys())))


def _write_scores(
    house: House, spec: Spec, rows: list[Adopted], ids: list[str], kinds: Mapping[str, JudgeKind], path: Path
) -> None:
    items = Items(house.home, spec.experiment)
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
        Scores(house.home, spec.experiment, spec.rubric).publish(
            accepted, dict(kinds), at=house.now(), author=house.author
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
