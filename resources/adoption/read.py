"""Reads files of outputs made elsewhere as one: all of their rows, or a list of everything that is wrong with them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from pathlib import Path

import msgspec

from core.benchmark.records import JudgeKind
from core.judging.rubric import Rubric
from kit.tables.problems import Problems
from resources.adoption.coded import Coded, coded
from resources.adoption.columns import (
    KNOWN,
    SCORE,
    Columns,
    ignored,
    mapped,
    refuse_missing,
    settle_scenarios,
)
from resources.adoption.file_reader import USUAL_LIMITS, OutputFile, RowLimits, read_outputs
from resources.adoption.labels import names_of
from resources.adoption.options import AdoptOptions
from resources.adoption.rows import Adopted, AdoptRejected, RowReader, ScoreCounts, conflicts, scenario_id_fault
from resources.adoption.uncounted import refuse_uncounted, unread_scores
from resources.adoption.values import Values


class AdoptedFile(msgspec.Struct, frozen=True, kw_only=True):
    """All rows in the order of the files, and which model, prompt, cell and scenario each is of.

    `judges` are all that the files name, with the kind that a tool's file gives them or None; `titles` are the labels
    of cells whose model or prompt got another name, `named` those labels with the names; `tools` says whose files they
    are; `metrics` names scores that were left out on purpose; `unknown` counts numbers not known, by column.
    """

    rows: Sequence[Adopted]
    numbers: Coded
    judges: dict[str, JudgeKind | None]
    titles: dict[tuple[str, str], str]
    named: dict[str, str]
    tools: list[str]
    notes: list[str]
    ignored: list[str]
    metrics: list[str]
    partial: int
    on_failures: int
    unknown: dict[str, int]


@dataclass
class _Reading:
    """One file while it is read."""

    file: OutputFile
    problems: Problems
    counts: ScoreCounts
    rows: list[tuple[int, Columns]]
    unknown: Counter[str]
    ordinary: list[Adopted] | None = None


def read_adopted(
    files: Sequence[tuple[Path, bytes]],
    rubric: Rubric,
    options: AdoptOptions,
    *,
    stated: bool,
    limits: RowLimits = USUAL_LIMITS,
) -> AdoptedFile:
    """Return what the files hold together; `stated` says that a person gave the rubric.

    `limits` are those of each file. Raises AdoptRejected for anything that contracts.md does not allow, with line and
    field.
    """
    columns = {*KNOWN, *options.renames, *(f"score.{name}" for name in rubric.names)}
    readings = []
    plain = not (options.renames or options.sets)
    for number, (path, data) in enumerate(files):
        problems = Problems()
        if plain and limits.hold(data) and (reading := _ordinary(number, path, data, rubric, options)) is not None:
            readings.append(reading)
            continue
        file = read_outputs(path, data, columns, problems, limits)
        mapped_rows = mapped(file, options.renames, options.sets, problems)
        readings.append(_Reading(file, problems, ScoreCounts(), mapped_rows, Counter()))
    settle_scenarios([columns for r in readings if r.file.tool for _, columns in r.rows])
    found: list[Adopted] = []
    for number, reading in enumerate(readings):
        if reading.ordinary is not None:
            found += reading.ordinary
            continue
        values = Values(reading.file.decimal_comma, reading.unknown)
        in_columns = any(name.startswith(SCORE) for name in _columns_of(reading, options))
        reader = RowReader(rubric, stated, options.without_scores, values, reading.counts, number, in_columns)
        found += _rows(reading, reader)
        if not options.without_scores:
            unread = unread_scores(ignored(reading.file, options.renames), reading.rows, rubric)
            refuse_uncounted(reading.file, reading.counts, unread, rubric, reading.problems, stated=stated)
    names = _names(found, options.labels, readings[0].problems)
    rows, titles = _named(found, names)
    rows = _numbered(rows)
    numbers = coded(rows) if not any(reading.problems.total for reading in readings) else None
    if numbers is None or not numbers.agree():
        for row, message in conflicts(rows, [path.name for path, _ in files]):
            readings[row.file].problems.add(row.line, message)
    if numbers is None or any(reading.problems.total for reading in readings):
        raise AdoptRejected("\n".join(_report(r) for r in readings if r.problems.total), ("files",))
    named = {old: new for known in names.values() for old, new in known.items() if old != new}
    return _together(numbers, titles, named, readings, options)


def _ordinary(number: int, path: Path, data: bytes, rubric: Rubric, options: AdoptOptions) -> _Reading | None:
    """A file in our own columns that holds nothing but ordinary rows, read in one step, or None."""
    reading = _Reading(OutputFile(path, None, []), Problems(), ScoreCounts(), [], Counter())
    values, stated = Values(decimal_comma=False), False  # neither counts where nothing is read value by value
    reading.ordinary = RowReader(rubric, stated, options.without_scores, values, reading.counts, number).ordinary(data)
    return reading if reading.ordinary is not None else None


def _columns_of(reading: _Reading, options: AdoptOptions) -> Iterable[str]:
    """Every name that a column of the rows may have; those of a tool's file are as many as the rows make them."""
    if reading.file.tool is not None:
        return chain.from_iterable(columns for _, columns in reading.rows)
    return {*reading.file.columns, *options.renames.values(), *options.sets}


def _rows(reading: _Reading, reader: RowReader) -> list[Adopted]:
    found: list[Adopted] = []
    if refuse_missing(reading.rows, reading.problems):
        return found
    for line, columns in reading.rows:
        faults: list[str] = []
        row = reader.row(line, columns, faults)
        fault = scenario_id_fault(row) if row is not None else None
        for said in [*faults, fault] if fault else faults:
            reading.problems.add(line, said)
        if row is not None:
            found.append(row)
    if not reading.rows and not reading.problems.total:
        reading.problems.add(1, "the file holds no rows")
    return found


def _names(
    rows: list[Adopted], labels: Mapping[str, Mapping[str, str]], problems: Problems
) -> dict[str, dict[str, str]]:
    """The name of every label, by column."""
    given = {name: map(attrgetter(name), rows) for name in ("model", "prompt")}
    found = {c: names_of(known, labels.get(c, {}), slash=c == "model") for c, known in given.items()}
    for column, known in found.items():
        for old in labels.get(column, {}):
            if rows and old not in known:
                problems.add(1, f"--rename {column}:{old[:60]}=…: no {column} of the file is called that")
    return found


def _named(
    rows: list[Adopted], names: Mapping[str, Mapping[str, str]]
) -> tuple[list[Adopted], dict[tuple[str, str], str]]:
    """The rows under names that can be written, and the labels of cells that got another name."""
    titles: dict[tuple[str, str], str] = {}
    if all(old == new for known in names.values() for old, new in known.items()):
        return rows, titles
    found = []
    for row in rows:
        model, prompt = names["model"][row.model], names["prompt"][row.prompt]
        given = [old for old, new in ((row.model, model), (row.prompt, prompt)) if old != new]
        if given:
            titles.setdefault((model, prompt), " / ".join(given))
        found.append(msgspec.structs.replace(row, model=model, prompt=prompt) if given else row)
    return found, titles


def _numbered(rows: list[Adopted]) -> list[Adopted]:
    """The rows with a tip index each: the lowest ones that are free, in the order of the rows, where none is given."""
    if all(row.tip_index is not None for row in rows):
        return rows
    used: dict[tuple[str, str, str], set[int]] = {}
    for row in rows:
        if row.tip_index is not None:
            used.setdefault((row.model, row.prompt, row.scenario_id), set()).add(row.tip_index)
    free: dict[tuple[str, str, str], int] = {}
    found = []
    for row in rows:
        number = row.tip_index
        if number is None:
            place = (row.model, row.prompt, row.scenario_id)
            number = free.get(place, 0)
            while number in used.get(place, ()):
                number += 1
            free[place] = number + 1
        found.append(row if row.tip_index == number else msgspec.structs.replace(row, tip_index=number))
    return found


def _together(
    numbers: Coded,
    titles: dict[tuple[str, str], str],
    named: dict[str, str],
    readings: Sequence[_Reading],
    options: AdoptOptions,
) -> AdoptedFile:
    kinds = {judge: kind for r in readings for judge, kind in r.file.kinds.items()}
    judges = dict.fromkeys(judge for r in readings for judge in r.counts.judges)
    unknown = sum((r.unknown for r in readings), Counter[str]())
    return AdoptedFile(
        rows=numbers.rows,
        numbers=numbers,
        judges={judge: kinds.get(judge) for judge in judges},
        titles=titles,
        named=named,
        tools=list(dict.fromkeys(r.file.tool for r in readings if r.file.tool)),
        notes=[f"{r.file.path.name}: {note}" for r in readings for note in r.file.notes],
        ignored=sorted({name for r in readings for name in ignored(r.file, options.renames)}),
        metrics=list(dict.fromkeys(m for r in readings for m in _left_out(r, options))),
        partial=sum(r.counts.partial for r in readings),
        on_failures=sum(r.counts.on_failures for r in readings),
        unknown=dict(unknown),
    )


def _left_out(reading: _Reading, options: AdoptOptions) -> list[str]:
    return [*reading.counts.metrics, *reading.file.of_no_output] if options.without_scores else []


def _report(reading: _Reading) -> str:
    said = f"{reading.file.path} is not taken, nothing was changed; {reading.problems.count()}:"
    return f"{said}\n{reading.problems.listing()}"
