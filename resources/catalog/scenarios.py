"""Reads scenario files: JSON lines or a JSON array, CSV, TOML tables, or plain text with one situation a line."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import msgspec

from core.benchmark.scenario import Scenario
from core.canonical import content_hash
from kit.tables.csv_rows import csv_table
from kit.tables.json_rows import json_rows
from kit.tables.problems import SHOWN, Problems
from resources.catalog.problems import CatalogProblems, line_of_table
from resources.catalog.scenario_fields import KNOWN, LISTS, faults_of, shown

SUFFIXES = ("csv", "json", "jsonl", "toml", "tsv", "txt")
Rows = Iterator[tuple[int | None, Any]]


def read_scenarios(path: Path, text: str, problems: CatalogProblems) -> Iterator[tuple[int | None, Scenario]]:
    """Yield every usable scenario with its line; everything that is wrong with the others is added to `problems`.

    What the suffix of `path` says decides how the file is read, JSON lines where it says nothing.
    """
    found = Problems()
    read = {".csv": _table, ".tsv": _table, ".toml": _toml, ".txt": _plain}.get(path.suffix.lower(), _json)
    for line, value in read(text, found):
        data = _data(value)
        faults = [f"not a scenario but {shown(value)}"] if data is None else list(faults_of(data))
        for fault in faults:
            found.add(line or 1, fault)
        if data is not None and not faults:
            yield line, Scenario(data["id"], data.get("area"), data.get("locale"), data)
    for problem in found.first():
        problems.add(path, problem.line, problem.message)
    if found.total > SHOWN:
        problems.add(path, None, f"{found.total - SHOWN} more problems")


def plain_id(situation: str) -> str:
    """Return the id of a scenario that is a text alone; it is made of the text, so that order does not matter."""
    return f"s-{content_hash([situation])[:10]}"


def _data(value: Any) -> dict[str, Any] | None:
    """Return a row as a scenario's fields without those that have no value; None for what can be no scenario."""
    if isinstance(value, str):
        return {"id": plain_id(value.strip()), "situation": value.strip()}
    if not isinstance(value, dict):
        return None
    data = {name: entry for name, entry in value.items() if entry is not None}
    if isinstance(data.get("id"), int) and not isinstance(data["id"], bool):
        data["id"] = str(data["id"])
    return data


def _json(text: str, problems: Problems) -> Rows:
    yield from json_rows(text.encode(), problems).rows


def _plain(text: str, problems: Problems) -> Rows:  # noqa: ARG001  # any text is right here
    """Paragraphs where blank lines stand between them, else lines."""
    blocks: list[tuple[int, list[str]]] = []
    open_ = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and open_:
            blocks[-1][1].append(line.strip())
        elif line.strip():
            blocks.append((number, [line.strip()]))
        open_ = bool(line.strip())
    if len(blocks) == 1:
        first, lines = blocks[0]
        yield from enumerate(lines, first)
        return
    for first, lines in blocks:
        yield first, " ".join(lines)


def _table(text: str, problems: Problems) -> Rows:
    table = csv_table(text.encode(), problems, KNOWN)
    for row in table.rows if table else ():
        yield row.line, {name: _cell(name, cell.strip()) for name, cell in row.cells.items() if cell.strip()}


def _cell(name: str, cell: str) -> Any:
    """Return a cell as it stands, JSON where it is an object or a list, and what ; separates where a list belongs."""
    if cell.startswith(("{", "[")):
        try:
            return json.loads(cell, parse_constant=str)
        except (ValueError, RecursionError):
            return cell
    if name in LISTS:
        return [part.strip() for part in cell.split(";") if part.strip()]
    return cell


def _toml(text: str, problems: Problems) -> Rows:
    try:
        content = tomllib.loads(text, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        problems.add(1, f"not TOML: {error}")
        return
    tables = content.pop("scenarios", [])
    if content or not isinstance(tables, list):
        problems.add(1, f"{', '.join(content) or 'scenarios'}: write each scenario as a table [[scenarios]]")
        return
    for number, table in enumerate(tables):
        yield line_of_table(text, "scenarios", number), _plain_values(table)


def _finite(text: str) -> float:
    if text.lstrip("+-") in {"nan", "inf"}:
        raise ValueError(f"{text} is no number of a scenario")
    return float(text)


def _plain_values(value: Any) -> Any:
    """Return a value of TOML with its dates and times as texts."""
    if isinstance(value, dict):
        return {name: _plain_values(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_plain_values(entry) for entry in value]
    if isinstance(value, datetime | time) and value.tzinfo is None:
        return str(msgspec.to_builtins(value)).removesuffix(":00")
    return msgspec.to_builtins(value) if isinstance(value, date | time) else value
