"""Reads a file of outputs made elsewhere, JSONL or CSV, line by line, and lists everything that is wrong with it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from core.benchmark.names import JUDGE
from core.judging.rubric import Rubric

SHOWN = 100
REQUIRED = ("model", "prompt", "scenario_id", "scenario", "tip_index", "text")
KNOWN = frozenset({*REQUIRED, "latency_ms", "tokens_in", "tokens_out", "cost", "area", "locale", "scores"})
_SCORE = "score."


class AdoptRejected(ValueError):
    """The file is rejected; the message lists up to 100 problems with their lines."""


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """One output with the scores it came with; `scores` holds complete (judge, criterion values) pairs only."""

    line: int
    model: str
    prompt: str
    scenario_id: str
    scenario: dict[str, Any]
    area: str | None
    locale: str | None
    tip_index: int
    text: str | None
    latency_ms: float | None
    tokens_in: int | None
    tokens_out: int | None
    cost: float | None
    scores: dict[str, dict[str, float]]


class _AdoptedLine(msgspec.Struct, kw_only=True):
    model: str
    prompt: str
    scenario_id: str
    scenario: dict[str, Any] | str
    tip_index: int
    text: str | None
    latency_ms: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None
    area: str | None = None
    locale: str | None = None
    scores: dict[str, dict[str, float | None] | None] | None = None


class AdoptedFile(msgspec.Struct, frozen=True):
    """All rows in file order.

    `judges` are all that the file names, with or without scores, in order of appearance; `ignored` names columns that
    are not read; `partial` counts (tip, judge) pairs that lack a criterion and stay pending; `on_failures` counts
    scores on outputs without text, which are left out.
    """

    rows: list[Adopted]
    judges: list[str]
    ignored: list[str]
    partial: int
    on_failures: int


def read_adopted(path: Path, rubric: Rubric, renames: Mapping[str, str]) -> AdoptedFile:
    """Return the rows of `path` (.csv, else JSONL); `renames` maps the file's column names to ours.

    Raise AdoptRejected for anything that the format does not allow, with line and field.
    """
    problems: list[str] = []
    rows: list[Adopted] = []
    tally = {"partial": 0, "on_failures": 0}
    ignored: set[str] = set()
    judges: dict[str, None] = {}
    for number, raw in _raw_lines(path, renames, rubric, problems):
        ignored.update(key for key in raw if key not in KNOWN)
        judges |= dict.fromkeys(raw["scores"] if _nested(raw.get("scores")) else ())
        row = _row(number, raw, rubric, tally, problems)
        if row is not None:
            rows.append(row)
    if not rows and not problems:
        problems.append(f"{path.name} holds no rows")
    problems += _conflicts(rows)
    if problems:
        raise AdoptRejected(_report(path, problems))
    return AdoptedFile(rows, list(judges), sorted(ignored), tally["partial"], tally["on_failures"])


def _raw_lines(
    path: Path, renames: Mapping[str, str], rubric: Rubric, problems: list[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(f"line {line}: not UTF-8; save the file as UTF-8")
        return
    read = _csv_lines if path.suffix.lower() == ".csv" else _json_lines
    found: set[str] = set()
    for number, raw in read(text, problems):
        found.update(raw)
        clash = [f"{theirs}={ours}" for theirs, ours in renames.items() if theirs in raw and ours in raw]
        if clash:
            problems.append(f"line {number}: --map {clash[0]}, and the line has both; rename or remove one")
            continue
        renamed = {renames.get(key, key): value for key, value in raw.items()}
        if read is _csv_lines and "scenario" in renamed:
            renamed["scenario"] = _object(renamed["scenario"])
        yield number, _nest_scores(renamed, rubric)
    strangers = sorted(set(renames) - found) if found else []
    problems += [f"--map {theirs}={renames[theirs]}: the file has no column {theirs}" for theirs in strangers]


def _json_lines(text: str, problems: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, msgspec.json.decode(line.encode(), type=dict[str, Any])
        except msgspec.DecodeError as error:
            problems.append(f"line {number}: not a JSON object ({error})")


def _csv_lines(text: str, problems: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    header_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        twice = sorted({name for name in header if name and header.count(name) > 1})
        if twice:
            problems.append(f"line 1: column {', '.join(twice)} stands twice; keep one")
            return
        start = reader.line_num + 1
        for values in reader:
            if values and len(values) != len(header):
                problems.append(f"line {start}: {len(values)} values for {len(header)} columns")
            elif values:
                yield start, {name: value or None for name, value in zip(header, values, strict=True)}
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: not CSV ({error})")


def _object(value: Any) -> Any:
    """Return the JSON object that a CSV cell spells, or the value as it is."""
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    try:
        return msgspec.json.decode(value.encode(), type=dict[str, Any])
    except msgspec.DecodeError:
        return value


def _nest_scores(raw: dict[str, Any], rubric: Rubric) -> dict[str, Any]:
    """Turn `score.JUDGE.CRITERION` columns into `scores`; a criterion's name may hold dots."""
    columns = [key for key in raw if key.startswith(_SCORE)]
    given = raw.get("scores") or {}
    if not columns or not _nested(given):
        return raw
    scores: dict[str, dict[str, Any]] = {judge: dict(own or {}) for judge, own in given.items()}
    for key in columns:
        rest = key.removeprefix(_SCORE)
        criterion = next((name for name in rubric.names if rest.endswith("." + name)), rest.rpartition(".")[2])
        scores.setdefault(rest.removesuffix("." + criterion), {})[criterion] = raw[key]
    return {**{key: value for key, value in raw.items() if not key.startswith(_SCORE)}, "scores": scores}


def _nested(scores: Any) -> bool:
    return isinstance(scores, dict) and all(own is None or isinstance(own, dict) for own in scores.values())


def _row(
    number: int, raw: dict[str, Any], rubric: Rubric, tally: dict[str, int], problems: list[str]
) -> Adopted | None:
    missing = [name for name in REQUIRED if name not in raw]
    if missing:
        problems.append(f"line {number}: no column {', '.join(missing)}; name it with --map THEIRS={missing[0]}")
        return None
    try:
        line = msgspec.convert(raw, _AdoptedLine, strict=False)
    except msgspec.ValidationError as error:
        problems.append(f"line {number}: {error}")
        return None
    found = [f"line {number}: {problem}" for problem in _faults(line)]
    text = line.text if line.text and line.text.strip() else None
    scores = _scores(number, line, rubric, tally, found)
    problems += found
    if found:
        return None
    if text is None:
        tally["on_failures"] += len(scores)
    data = line.scenario if isinstance(line.scenario, dict) else {"text": line.scenario}
    return Adopted(
        line=number,
        model=line.model,
        prompt=line.prompt,
        scenario_id=line.scenario_id,
        scenario=data,
        area=line.area or _text(data.get("area")),
        locale=line.locale or _text(data.get("locale")),
        tip_index=line.tip_index,
        text=text,
        latency_ms=line.latency_ms,
        tokens_in=line.tokens_in,
        tokens_out=line.tokens_out,
        cost=line.cost,
        scores=scores if text else {},
    )


def _faults(line: _AdoptedLine) -> Iterator[str]:
    for field in ("model", "prompt", "scenario_id"):
        value: str = getattr(line, field)
        if not value.strip() or len(value) > 200 or not value.isprintable():
            yield f"{field} {value[:40]!r} is not a name of 1 to 200 printable characters"
    if "/" in line.prompt:
        yield f"prompt {line.prompt[:40]!r} holds a slash, which separates model and prompt"
    for field in ("tip_index", "latency_ms", "tokens_in", "tokens_out", "cost"):
        number = getattr(line, field)
        if number is not None and not 0 <= number < 2**31:
            yield f"{field} {number} is below 0 or too large"


def _scores(
    number: int, line: _AdoptedLine, rubric: Rubric, tally: dict[str, int], found: list[str]
) -> dict[str, dict[str, float]]:
    complete: dict[str, dict[str, float]] = {}
    for judge, values in (line.scores or {}).items():
        if not JUDGE.fullmatch(judge):
            found.append(f"line {number}: judge {judge[:40]!r} is no judge id: letters, digits, '.', '_' and '-'")
        given = {name: value for name, value in (values or {}).items() if value is not None}
        for name, value in given.items():
            if name not in rubric.names:
                found.append(
                    f"line {number}: scores.{judge}.{name} is no criterion of {rubric.ref} "
                    f"({', '.join(rubric.names)}); give the rubric it was scored by with --rubric FILE"
                )
            elif not rubric.scale.low <= value <= rubric.scale.high:
                low, high = rubric.scale.low, rubric.scale.high
                found.append(f"line {number}: scores.{judge}.{name} is {value:g}, outside {low:g} to {high:g}")
        if len(given) == len(rubric.names):
            complete[judge] = given
        elif given:
            tally["partial"] += 1
    return complete


def _conflicts(rows: Sequence[Adopted]) -> Iterator[str]:
    places: dict[tuple[str, str, str, int], int] = {}
    scenarios: dict[str, Adopted] = {}
    for row in rows:
        place = (row.model, row.prompt, row.scenario_id, row.tip_index)
        if place in places:
            yield f"line {row.line}: {place} stands on line {places[place]} already; one row a generation"
        places.setdefault(place, row.line)
        first = scenarios.setdefault(row.scenario_id, row)
        for field in ("scenario", "area", "locale"):
            if getattr(first, field) != getattr(row, field):
                yield f"line {row.line}: {field} of {row.scenario_id!r} is not what line {first.line} says"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _report(path: Path, problems: list[str]) -> str:
    more = f"\n… and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    lines = "\n".join("  " + problem for problem in problems[:SHOWN])
    return f"{path} is not taken, nothing was changed; {len(problems)} problems:\n{lines}{more}"
