"""Adopts files of outputs: reads, checks and writes them under the lock, the pin last, so that it is all or nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from pathlib import Path

from contracts.storage import Fence
from core.benchmark.records import JudgeKind, judges_of, refuse_other_tasks
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.judging.rubric import Rubric
from core.plurals import counted
from core.redaction import bytes_without_secrets
from kit.regular_files import read_given
from resources.adoption.file_reader import USUAL_LIMITS, RowLimits
from resources.adoption.options import AdoptOptions
from resources.adoption.read import read_adopted
from resources.adoption.remarks import notes_of, warnings_of
from resources.adoption.rows import Adopted
from resources.adoption.store import (
    AdoptedNameTaken,
    adopted_kinds,
    adopted_records,
    adopted_spec,
    adoption_hash,
    clear,
    is_judged,
    write_candidates,
)
from resources.bench_context import BenchContext
from resources.catalog.rubrics import read_rubric_file
from resources.judging.importer import Accepted
from resources.judging.items import Items
from resources.judging.scores import Scores, scored_table
from resources.lake.lock import writing
from resources.lake.specs import add_records, pin, read_records, read_spec

LARGEST = 1 << 30
"""The most bytes that a file of outputs may have."""


@dataclass(frozen=True)
class Adoption:
    """The pin in force, and sentences for the person who adopts: how the files were read, what is odd about them."""

    spec: Spec
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def adopt(
    bench: BenchContext,
    name: str,
    paths: Sequence[Path],
    options: AdoptOptions,
    rubric_file: Path | None,
    limits: RowLimits = USUAL_LIMITS,
) -> Adoption:
    """Make the outputs in `paths` the experiment `name` and return it; the same bytes and options again change nothing.

    A name that holds adopted outputs which nobody has judged yet is adopted anew. Raise AdoptRejected with all that is
    wrong with the files, AdoptedNameTaken if the name holds something else, Archived if it is archived, NotAFile or
    FileTooLarge for what is not read. `-` is standard input.
    """
    rubric = read_rubric_file(rubric_file) if rubric_file else bench.catalog().rubric(bench.defaults.rubric or "tips")
    secrets = bench.secrets()
    given = [(path, read_given(path, LARGEST, ("file",), bench.home.root)) for path in paths]
    data = [(path, bytes_without_secrets(each, secrets)) for path, each in given]
    hashes = [hashlib.sha256(each).hexdigest() for _, each in data]
    identity = adoption_hash(hashes, options, rubric)
    named = ", ".join(path.name for path in paths)
    with writing(bench.home, name, purpose="adopting", now=bench.now()) as fence:
        bench.on_record(name).open()
        before = read_spec(bench.home, name)
        if before is not None and before.adopted in {identity, _by_older_version(before, hashes, options, rubric)}:
            return Adoption(before, [f"{named} was adopted before as {name}: nothing changed"])
        if before is not None and (before.source != "adopt" or is_judged(bench, before)):
            said = f"{name} holds other contents already: adopt {named} under another name"
            raise AdoptedNameTaken(said, ("experiment",))
        file = read_adopted(data, rubric, options, stated=rubric_file is not None, limits=limits)
        records = read_records(bench.home, name) if before else []
        refuse_other_tasks(records, [*file.judges, *options.judges])
        kinds = adopted_kinds(file, options, judges_of(records))
        spec = adopted_spec(name, file, options, rubric, identity=identity, now=bench.now())
        clear(bench.home, name, fence, keep_judges=before is not None)
        ids = write_candidates(bench.home, spec, file.numbers, fence)
        _write_scores(bench, spec, file.rows, ids, kinds, (named, hashes), fence)
        warnings = warnings_of(file)
        records = adopted_records(file, kinds, options, warnings, bench.author, bench.now())
        add_records(bench.home, name, records, fence)
        spec, _ = pin(bench.home, spec, fence=fence)
    strangers = sorted(options.judge_kinds.keys() - kinds.keys())
    cells, scenarios = counted(len(spec.cells), "cell"), counted(len(spec.scenarios), "scenario")
    textless = sum(not row.text for row in file.rows)
    less = f"; {textless} of them without a text" if textless else ""
    tools = f", read as {' and '.join(file.tools)}" if file.tools else ""
    first = f"{name}: adopted {counted(len(file.rows), 'output')} of {cells} over {scenarios}{tools}{less}"
    again = [f"what was adopted as {name} before and nobody had judged is replaced"] if before else []
    return Adoption(spec, [first, *again, *notes_of(file, rubric, strangers)], warnings)


def _by_older_version(before: Spec, hashes: Sequence[str], options: AdoptOptions, rubric: Rubric) -> str | None:
    """Return the hash by the version that the rubric had then; None if it was another rubric."""
    return adoption_hash(hashes, options, before.rubric) if before.rubric.name == rubric.name else None


def _write_scores(
    bench: BenchContext,
    spec: Spec,
    rows: Sequence[Adopted],
    ids: list[str],
    kinds: Mapping[str, JudgeKind],
    source: tuple[str, Sequence[str]],
    fence: Fence,
) -> None:
    name, hashes = source
    digest = hashes[0] if len(hashes) == 1 else content_hash(list(hashes))
    items = Items(bench.home, spec.experiment, fence=fence)
    accepted = []
    scores, lines = [row.scores for row in rows], [row.line for row in rows]
    for judge in dict.fromkeys(chain.from_iterable(scores)):
        scored = [judge in own for own in scores]
        values = [own[judge] for own in compress(scores, scored)]
        candidates = list(compress(ids, scored))
        given = items.add(judge, candidates, 0)
        table = scored_table(spec.rubric, given, candidates, list(compress(lines, scored)), values)
        accepted.append(Accepted(name, judge, digest, table))
    if accepted:
        Scores(bench.home, spec.experiment, spec.rubric, fence=fence).publish(
            accepted, dict(kinds), at=bench.now(), author=bench.author
        )
