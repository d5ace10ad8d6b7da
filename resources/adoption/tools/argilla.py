"""Reads records that Argilla exports, nested or flat: what people answered to each question, and suggestions."""

from typing import Any

from core.benchmark.records import JudgeKind
from resources.adoption.tools.document import METRICS, Document, Output, ToolFile
from resources.adoption.tools.parts import content, decoded, first, judge_id, listing, mapping, metric, scenario

_TEXTS = ("tip", "response", "completion", "output", "answer", "generation", "reply", "text")
_RESPONSES, _USERS, _STATUS, _SUGGESTION = ".responses", ".responses.users", ".responses.status", ".suggestion"
DRAFTS = "its responses do not say which are drafts; the flat export, to_list(flatten=True), does"
_OWN = ("id", "_server_id", "status", "external_id", "inserted_at", "updated_at")
_META = (
    "model",
    "prompt",
    "scenario_id",
    "tip_index",
    "latency_ms",
    "tokens_in",
    "tokens_out",
    "cost",
    "area",
    "locale",
)


def read(document: Document) -> ToolFile | None:
    """Return the records of a file, or None for a file of another shape."""
    records = [(line, _nested(row)) for line, row in document.objects]
    if not records or not all(record is not None for _, record in records):
        return None
    known = [(line, record) for line, record in records if record is not None]
    kinds: dict[str, JudgeKind] = {}
    outputs = [_output(line, record, kinds) for line, record in known]
    drafts = "human" in kinds.values() and not any(name.endswith(_STATUS) for _, record in known for name in record)
    return ToolFile("argilla", outputs, kinds, [DRAFTS] if drafts else [])


def _nested(row: dict[str, Any]) -> dict[str, Any] | None:
    """A record with fields, metadata, responses and suggestions; None when the row is none."""
    if isinstance(decoded(row.get("fields")), dict) and ("responses" in row or "suggestions" in row):
        return {name: decoded(value) for name, value in row.items()}
    if not any(name.endswith((_RESPONSES, _SUGGESTION)) for name in row):
        return None
    questions = list(dict.fromkeys(name.removesuffix(_RESPONSES) for name in row if name.endswith(_RESPONSES)))
    suggested = [name.removesuffix(_SUGGESTION) for name in row if name.endswith(_SUGGESTION)]
    plain = {
        name: value
        for name, value in row.items()
        if name not in _OWN and not any(name.startswith(f"{q}.") for q in [*questions, *suggested])
    }
    fields = {name: value for name, value in plain.items() if name not in _META}
    if len(fields) == 1 and "prompt" in plain:  # then the prompt is what was asked, and no name
        fields["prompt"] = plain.pop("prompt")
    return {
        **row,
        "fields": fields,
        "metadata": {name: value for name, value in plain.items() if name in _META},
        "responses": {question: _responses(row, question) for question in questions},
        "suggestions": {
            q: {"value": row[q + _SUGGESTION], "agent": row.get(f"{q}{_SUGGESTION}.agent")} for q in suggested
        },
    }


def _responses(row: dict[str, Any], question: str) -> list[dict[str, Any]]:
    values, users = listing(row.get(question + _RESPONSES)), listing(row.get(question + _USERS))
    status = listing(row.get(question + _STATUS))
    return [
        {
            "value": value,
            "user_id": users[n] if n < len(users) else None,
            "status": status[n] if n < len(status) else None,
        }
        for n, value in enumerate(values)
    ]


def _output(line: int, record: dict[str, Any], kinds: dict[str, JudgeKind]) -> Output:
    fields, metadata = mapping(record.get("fields")), mapping(record.get("metadata"))
    name = next((name for name in _TEXTS if name in fields), next(reversed(fields), ""))
    others = {key: value for key, value in fields.items() if key != name}
    columns: dict[str, Any] = {key: metadata[key] for key in _META if metadata.get(key) not in (None, "")}
    columns["text"] = content(fields.get(name))
    columns["scenario"] = scenario(next(iter(others.values())) if len(others) == 1 else others)
    columns[METRICS] = _metrics(record, kinds)
    return Output(line, record, columns)


def _metrics(record: dict[str, Any], kinds: dict[str, JudgeKind]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for question, answers in mapping(record.get("responses")).items():
        for answer in map(mapping, listing(answers)):
            if answer.get("status") not in (None, "submitted"):
                continue
            judge = judge_id(str(answer.get("user_id") or ""), "annotator")
            kinds.setdefault(judge, "human")
            found.setdefault(judge, {})[question] = metric(answer.get("value"))
    for question, suggestion in mapping(record.get("suggestions")).items():
        own = mapping(suggestion)
        if first(own, "value") is not None:
            judge = judge_id(str(own.get("agent") or ""), "suggestions")
            kinds.setdefault(judge, "model")
            found.setdefault(judge, {})[question] = metric(own["value"])
    return found
