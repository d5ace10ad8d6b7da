"""Reads and validates rubric files."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from core.benchmark.names import ENTRY
from core.judging.rubric import HEURISTICS, Rubric
from kit.regular_files import read_regular
from kit.tables.encoding import NotText, text_of
from kit.validation import in_words, outermost
from resources.catalog.problems import CatalogProblems, line_of_key, line_of_table

LARGEST = 1e9
"""The most that a scale's ends and weights may be: sums over a million tips stay exact enough to compare."""
LARGEST_FILE = 1 << 20
"""The most bytes that a file with a rubric may have."""
LONGEST_QUESTION = 1_000
YES_NO_LEVELS = frozenset({"yes", "no", "1", "0"})


def read_rubric(path: Path, text: str, problems: CatalogProblems) -> Iterator[tuple[int | None, Rubric]]:
    """Yield the rubric of a file and its line, unless `problems` got one."""
    rubric = _parsed(path, text, problems)
    if rubric is None:
        return
    before = len(problems.lines)
    low, high = rubric.scale.low, rubric.scale.high
    if not ENTRY.fullmatch(rubric.name) or not ENTRY.fullmatch(rubric.version):
        problems.add(
            path, line_of_key(text, "name"), "field 'name' or 'version' is not made of letters, digits and . _ -"
        )
    if not (low < high and max(abs(low), abs(high)) <= LARGEST):
        fault = f"scale: low {low:g} is not under high {high:g}, or one is beyond {LARGEST:g}"
        problems.add(path, line_of_key(text, "low"), fault)
    if not rubric.criteria:
        problems.add(path, None, "no [[criteria]]: a rubric needs at least one")
    elif not rubric.averaged:
        problems.add(path, None, "every criterion is a gate: a rubric needs one that the score is made of")
    if len({name.lower() for name in rubric.names}) < len(rubric.names):
        problems.add(path, None, "field 'criteria': a name occurs twice")
    if rubric.averaged and not (all(0 <= weight <= LARGEST for weight in rubric.weights) and any(rubric.weights)):
        fault = f"field 'weight': weights are 0 to {LARGEST:g} and not all 0"
        problems.add(path, line_of_key(text, "weight"), fault)
    _check_criteria(path, text, rubric, problems)
    question = rubric.comparison.question if rubric.comparison is not None else None
    if question is not None and not 0 < len(question.strip()) <= LONGEST_QUESTION:
        line = line_of_key(text, "question")
        problems.add(path, line, f"field 'question': [comparison] asks it in 1 to {LONGEST_QUESTION} characters")
    if len(problems.lines) == before:
        yield line_of_key(text, "name"), rubric


def _check_criteria(path: Path, text: str, rubric: Rubric, problems: CatalogProblems) -> None:
    low, high = rubric.scale.low, rubric.scale.high
    for number, criterion in enumerate(rubric.criteria):
        line = line_of_table(text, "criteria", number)
        if not ENTRY.fullmatch(criterion.name) or criterion.name in {"item", "rubric", "comment", "unscorable"}:
            problems.add(
                path, line, f"criterion {criterion.name!r}: use letters, digits and . _ -, and no column's name"
            )
        if criterion.heuristic is not None and criterion.heuristic not in HEURISTICS:
            problems.add(path, line, f"field 'heuristic': use one of {', '.join(HEURISTICS)}")
        if criterion.gate and criterion.scale is None:
            problems.add(path, line, f'gate {criterion.name!r} needs scale = "yes_no"')
        if criterion.gate and criterion.heuristic is not None:
            problems.add(path, line, f"gate {criterion.name!r} is left out by the program judge: take heuristic out")
        if criterion.gate and criterion.weight != 1:
            problems.add(path, line, f"gate {criterion.name!r} does not enter the score: take its weight out")
        if criterion.needs is not None and not criterion.gate:
            said = "a mean over some items alone is no score: add gate = true or take needs out"
            problems.add(path, line, f"field 'needs' of {criterion.name!r} is for gates: {said}")
        levels = "yes or no, 1 or 0" if criterion.scale else f"number from {low:g} to {high:g}"
        for level in criterion.anchors:
            if not (level in YES_NO_LEVELS if criterion.scale else _within(level, low, high)):
                problems.add(path, line, f"anchor {level!r} of {criterion.name!r} is no {levels}")


def _parsed(path: Path, text: str, problems: CatalogProblems) -> Rubric | None:
    try:
        return msgspec.convert(tomllib.loads(text), Rubric)
    except tomllib.TOMLDecodeError as error:
        problems.add(path, None, f"not TOML: {error}")
    except msgspec.ValidationError as error:
        problems.add(path, line_of_key(text, outermost(error)), in_words(error, Rubric))
    return None


def read_rubric_file(path: Path) -> Rubric:
    """Return the rubric of one file that a person named; raise CatalogError if it cannot be used."""
    problems = CatalogProblems()
    try:
        found = list(read_rubric(path, text_of(read_regular(path, LARGEST_FILE, ("rubric",))), problems))
    except NotText as error:
        problems.add(path, error.line, str(error))
    problems.raise_any()
    return found[0][1]


def _within(level: str, low: float, high: float) -> bool:
    try:
        return low <= float(level) <= high
    except ValueError:
        return False
