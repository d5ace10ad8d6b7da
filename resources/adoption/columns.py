"""Brings the rows of a file under our column names: `--map`, `--set`, and what follows from the other rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from core.canonical import content_hash
from kit.tables.problems import Problems
from resources.adoption.file_reader import REQUIRED, OutputFile
from resources.adoption.tools.document import METRICS
from resources.adoption.tools.parts import decoded

OPTIONAL = ("latency_ms", "tokens_in", "tokens_out", "cost", "area", "locale", "scores")
KNOWN = frozenset({*REQUIRED, *OPTIONAL, METRICS})
SETTABLE = tuple(name for name in (*REQUIRED, *OPTIONAL) if name not in {"text", "scores"})
SCORE = "score."
Columns = dict[str, Any]


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a dotted path of a row, such as results.0.output, or raise KeyError.

    A name that itself holds dots comes first; objects and lists may also be spelled as JSON in a cell.
    """
    if path in row:
        return row[path]
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        head, rest = ".".join(parts[:count]), parts[count:]
        if head not in row:
            continue
        value = decoded(row[head])
        if isinstance(value, dict):
            return value_at(value, ".".join(rest))
        if isinstance(value, list) and rest[0].isdecimal() and int(rest[0]) < len(value):
            own = value[int(rest[0])]
            return own if len(rest) == 1 else value_at(own if isinstance(own, dict) else {}, ".".join(rest[1:]))
    raise KeyError(path)


def mapped(
    file: OutputFile, renames: Mapping[str, str], sets: Mapping[str, str], problems: Problems
) -> list[tuple[int, Columns]]:
    """Return (line, columns) of every row; what `renames` or `sets` cannot do is noted.

    In a file of ours a column that is both there and named is a mistake; in a tool's file the option wins.
    """
    if file.tool is None and not renames and not sets:
        return [(output.line, output.columns) for output in file.outputs]
    rows: list[tuple[int, Columns]] = []
    found: set[str] = set()
    clashes: set[str] = set()
    for output in file.outputs:
        columns = dict(output.columns)
        for theirs, ours in renames.items():
            try:
                value = value_at(output.raw, theirs)
            except KeyError:
                continue
            found.add(theirs)
            if file.tool is None and ours in output.raw and ours != theirs:
                problems.add(output.line, f"--map {theirs}={ours}, and the line has both; rename or remove one")
            if file.tool is None and theirs not in renames.values():
                columns.pop(theirs, None)
            columns[ours] = value
        for name, text in sets.items():
            if file.tool is None and name not in clashes and columns.get(name) not in (None, ""):
                clashes.add(name)
                problems.add(
                    output.line, f"--set {name}={text}, and the file has a column {name}: leave one of them out"
                )
            columns[name] = text
        rows.append((output.line, columns))
    for theirs in sorted(set(renames) - found) if rows else ():
        problems.add(1, f"--map {theirs}={renames[theirs]}: the file has no column {theirs}")
    return rows


def ignored(file: OutputFile, renames: Mapping[str, str]) -> list[str]:
    """Return the columns of a file of ours that nothing reads."""
    if file.tool is not None:
        return []
    used = {".".join(path.split(".")[: n + 1]) for path in renames for n in range(path.count(".") + 1)}
    return sorted(name for name in file.columns if name not in KNOWN | used and not name.startswith(SCORE))


def refuse_missing(rows: Sequence[tuple[int, Columns]], problems: Problems) -> bool:
    """Note the required columns that no row has, once; whether there are any."""
    absent = [name for name in REQUIRED if name != "tip_index" and not any(name in columns for _, columns in rows)]
    if not rows or not absent:
        return False
    problems.add(rows[0][0], missing(absent))
    return True


def missing(names: Sequence[str]) -> str:
    """Return what to do about columns that are not there."""
    given = [f"--set {name}=NAME" for name in names if name in {"model", "prompt"}]
    same = f", or where it is the same for all rows give it with {' '.join(given)}" if given else ""
    return f"no column {', '.join(names)}; name it with --map THEIRS={names[0]}{same}"


def settle_scenarios(rows: Sequence[Columns]) -> None:
    """Give a tool's rows that name no scenario, or one name for several, an id made of what the scenario says."""
    said: dict[str, set[str]] = defaultdict(set)
    hashes = [content_hash([columns.get("scenario")]) for columns in rows]
    for columns, own in zip(rows, hashes, strict=True):
        said[str(columns.get("scenario_id"))].add(own)
    for columns, own in zip(rows, hashes, strict=True):
        named = columns.get("scenario_id") not in (None, "")
        if not named or len(said[str(columns["scenario_id"])]) > 1:
            columns["scenario_id"] = f"s-{own[:10]}"


def nest_scores(columns: Columns, criteria: Sequence[str]) -> Columns:
    """Return `score.JUDGE.CRITERION` columns as `scores`; a criterion's name may hold dots."""
    given = decoded(columns.get("scores")) or {}
    single = [key for key in columns if key.startswith(SCORE)]
    if not isinstance(given, dict) or not single:
        return {**columns, "scores": given}
    scores: dict[str, Any] = {j: dict(own) if isinstance(own, dict) else own or {} for j, own in given.items()}
    for key in single:
        rest = key.removeprefix(SCORE)
        criterion = next((name for name in criteria if rest.endswith("." + name)), rest.rpartition(".")[2])
        own = scores.setdefault(rest.removesuffix("." + criterion), {})
        if isinstance(own, dict):
            own[criterion] = columns[key]
    return {**{key: value for key, value in columns.items() if not key.startswith(SCORE)}, "scores": scores}
