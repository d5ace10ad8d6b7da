"""Reads the samples_TASK_DATE.jsonl files of lm-eval: one file a task and model."""

import re
from typing import Any

import msgspec

from kit.regular_files import FileTooLarge, NotAFile, read_regular
from resources.adoption.tools.document import METRICS, Document, Output, ToolFile, Unusable
from resources.adoption.tools.parts import listing, mapping, metric

JUDGE = "lm-eval"
LARGEST = 16 << 20
_NAME = re.compile(r"samples_(?P<task>.+)_(?P<date>\d{4}-\d\d-\d\dT[\d.-]+)")


def read(document: Document) -> ToolFile | None:
    """Return the answers of a task that writes text, or None for a file of another shape."""
    rows = document.objects
    if not rows or not {"doc_id", "doc", "resps", "filtered_resps"} <= rows[0][1].keys():
        return None
    if not all(_writes(row) for _, row in rows[:5]):
        raise Unusable(
            "this lm-eval task compares the likelihood of given answers and writes no text: nothing to judge"
        )
    named = _NAME.fullmatch(document.path.stem)
    known = {"model": _model(document, named["date"]) if named else None, "prompt": named["task"] if named else None}
    known = {name: value for name, value in known.items() if value}
    filters = list(dict.fromkeys(str(row.get("filter")) for _, row in rows))
    read_rows = [(line, row) for line, row in rows if str(row.get("filter")) == filters[0]]
    outputs = [output for line, row in read_rows for output in _outputs(line, row, known)]
    shared = {
        name: None
        for _, row in read_rows
        if len(_texts(row)) > 1
        for name, value in _metrics(row).items()
        if value is not None
    }
    notes = [f"its filter {filters[0]} was read, not {', '.join(filters[1:])}"] if len(filters) > 1 else []
    if known.get("model"):
        notes.append(f"model {known['model']} is what its results file says")
    return ToolFile("lm-eval", outputs, {JUDGE: "program"}, notes, tuple(shared))


def _writes(row: dict[str, Any]) -> bool:
    """Whether the task asks for text: the second argument of a request then holds options, else it is an answer."""
    request = mapping(mapping(row.get("arguments")).get("gen_args_0"))
    return not isinstance(request.get("arg_1"), str)


def _outputs(line: int, row: dict[str, Any], known: dict[str, Any]) -> list[Output]:
    """One for each repeat; the metrics belong to the answer that the filter kept, where there is only one."""
    texts, metrics = _texts(row), _metrics(row)
    shared = {**known, "scenario_id": row.get("doc_id"), "scenario": row.get("doc")}
    alone = {METRICS: {JUDGE: metrics}} if len(texts) == 1 else {}
    return [Output(line, row, {**shared, "text": text, **alone}) for text in texts]


def _texts(row: dict[str, Any]) -> list[Any]:
    answers = [answer if isinstance(answer, list) else [answer] for answer in listing(row.get("resps"))]
    return [text for answer in answers for text in answer]


def _metrics(row: dict[str, Any]) -> dict[str, Any]:
    return {str(name): metric(row.get(str(name))) for name in listing(row.get("metrics"))}


def _model(document: Document, date: str) -> str | None:
    """The model's name, which stands in the results file of the same date beside the samples."""
    path = document.path.with_name(f"results_{date}.json")
    try:
        data = read_regular(path, LARGEST, ("file",))
        name = msgspec.json.decode(data, type=dict[str, Any]).get("model_name")
    except (OSError, NotAFile, FileTooLarge, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return name if isinstance(name, str) and name else None
