"""Reads what `promptfoo eval -o FILE` writes: .json, .jsonl and .csv."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from kit.tables.csv_rows import REPEATED
from resources.adoption.tools.document import METRICS, Document, Output, ToolFile
from resources.adoption.tools.parts import content, first, listing, mapping, metric, number

JUDGE = "promptfoo"
_OUTPUT = re.compile(r"\[(?P<provider>[^\]\n]+)\] (?P<prompt>.+)", re.DOTALL)
_GRADE = re.compile(r"\[(?P<status>PASS|FAIL|ERROR)\]\s?(?P<rest>.*)", re.DOTALL)
_GRADE_COLUMNS = ("Status", "Score", "Named Scores")


def read(document: Document) -> ToolFile | None:
    """Return the outputs of a file of results, or None for a file of another shape."""
    if document.columns:
        outputs = list(_table(document))
        return ToolFile("promptfoo", outputs, {JUDGE: "program"}, []) if outputs else None
    whole = mapping((document.single or {}).get("results"))
    results = [(1, row) for row in map(mapping, listing(whole.get("results")))] or document.objects
    if not results or not all(_is_result(row) for _, row in results[:5]):
        return None
    results.sort(key=_place)  # they stand in the order in which they came to an end
    return ToolFile("promptfoo", [_output(line, row) for line, row in results], {JUDGE: "program"}, [])


def _is_result(row: dict[str, Any]) -> bool:
    return {"vars", "provider", "prompt"} <= row.keys()


def _place(result: tuple[int, dict[str, Any]]) -> tuple[float, float]:
    return number(result[1].get("promptIdx")) or 0, number(result[1].get("testIdx")) or 0


def _output(line: int, row: dict[str, Any]) -> Output:
    provider, prompt, response = row.get("provider"), row.get("prompt"), mapping(row.get("response"))
    model = first(provider, "label", "id") if isinstance(provider, dict) else provider
    label = first(prompt, "label", "display", "raw") if isinstance(prompt, dict) else prompt
    usage = mapping(response.get("tokenUsage"))
    counted = not response.get("cached") and bool(usage.get("total"))
    scores = {**mapping(row.get("namedScores")), "score": row.get("score"), "pass": row.get("success")}
    columns = {
        "model": model,
        "prompt": label,
        **_scenario(mapping(row.get("vars"))),
        "text": _text(response.get("output")),
        "latency_ms": None if response.get("cached") else row.get("latencyMs"),
        "tokens_in": usage.get("prompt") if counted else None,
        "tokens_out": usage.get("completion") if counted else None,
        "cost": response.get("cost"),
        METRICS: {JUDGE: {name: metric(value) for name, value in scores.items()}},
    }
    return Output(line, row, columns)


def _scenario(variables: dict[str, Any]) -> dict[str, Any]:
    named = first(variables, "scenario_id", "id")
    found: dict[str, Any] = {"scenario": variables}
    return {**found, "scenario_id": named} if isinstance(named, str | int) else found


def _text(output: Any) -> str | None:
    if output is None or isinstance(output, str):
        return output
    return content(output) or msgspec.json.encode(output).decode()


def _table(document: Document) -> Iterator[Output]:
    """A row a test, and for every provider and prompt a column of outputs with its grades right of it."""
    places = [place for place, name in enumerate(document.columns) if _OUTPUT.fullmatch(_plain(name))]
    if not places or not _graded(document, places[0]):
        return
    variables = [name for name in document.columns[: places[0]] if name != "Description"]
    for row in document.rows:
        for start, end in zip(places, [*places[1:], len(document.columns)], strict=True):
            names = document.columns[start:end]
            grades = {_plain(name): row.cells.get(name, "") for name in names[1:]}
            cells = {name: row.cells.get(name, "") for name in variables}
            yield Output(row.line, {**cells, **grades}, _cell(names[0], row.cells.get(names[0], ""), cells, grades))


def _graded(document: Document, place: int) -> bool:
    """Return whether grades stand next to the outputs or, as older versions wrote them, in the cells."""
    name = document.columns[place]
    grades = [_plain(other) for other in document.columns[place + 1 : place + 3]]
    return grades == list(_GRADE_COLUMNS[:2]) or any(_GRADE.match(row.cells.get(name, "")) for row in document.rows)


def _cell(name: str, text: str, variables: dict[str, str], grades: dict[str, str]) -> dict[str, Any]:
    label = _OUTPUT.fullmatch(_plain(name))
    grade = _GRADE.fullmatch(text) if "Status" not in grades else None
    status = grade["status"] if grade else grades.get("Status")
    output = text
    if grade:
        output = grade["rest"].partition("\n---\n")[2] if status == "FAIL" else grade["rest"]
    named = {_plain(key).removeprefix("Metric: "): value for key, value in grades.items() if key.startswith("Metric: ")}
    named |= mapping(grades.get("Named Scores"))
    scores = {**named, "score": number(grades.get("Score")), "pass": status == "PASS" if status else None}
    return {
        "model": label["provider"] if label else None,
        "prompt": label["prompt"] if label else None,
        **_scenario(dict(variables)),
        "text": None if status == "ERROR" else output or None,
        METRICS: {JUDGE: {key: metric(value) for key, value in scores.items() if value != ""}},
    }


def _plain(name: str) -> str:
    """A column's name without the number that tells it from others of the same name."""
    return REPEATED.sub("", name)
