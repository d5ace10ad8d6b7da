"""Reads exports of Langfuse: observations or traces, as its pages and its API give them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.benchmark.records import JudgeKind
from resources.adoption.tools.document import METRICS, Document, Output, ToolFile, Unusable
from resources.adoption.tools.parts import (
    content,
    first,
    judge_id,
    listing,
    mapping,
    metric,
    milliseconds,
    number,
    scenario,
)

_KINDS: dict[str, JudgeKind] = {"ANNOTATION": "human", "EVAL": "model", "API": "program"}
_TRACE = ("traceId", "trace_id")
_OBSERVED = ("parentObservationId", "parent_observation_id", "statusMessage", "startTime", "start_time")
_TRACED = ("sessionId", "session_id", "observations", "htmlPath", "projectId", "project_id", "userId")


def read(document: Document) -> ToolFile | None:
    """Return the generations of a file, or None for a file of another shape."""
    whole = document.single or {}
    rows = [(1, row) for row in listing(whole.get("data")) if isinstance(row, dict)] or document.objects
    if not rows or not all(_is_observation(row) or _is_trace(row) for _, row in rows[:5]):
        return None
    found = [(line, _generation(row)) for line, row in rows]
    used = [(line, row) for line, row in found if row is not None]
    if not used:
        raise Unusable("this Langfuse export holds no generation with input and output: export generations, or traces")
    left = len(found) - len(used)
    notes = [f"left out what is no generation: {left} of {len(found)} observations"] if left else []
    outputs = [_output(line, row) for line, row in used]
    kinds = {judge: kind for _, row in used for judge, kind, _, _ in _scores(row)}
    return ToolFile("langfuse", outputs, kinds, notes)


def _is_observation(row: dict[str, Any]) -> bool:
    return any(name in row for name in _TRACE) and "type" in row and any(name in row for name in _OBSERVED)


def _is_trace(row: dict[str, Any]) -> bool:
    return {"id", "input", "output"} <= row.keys() and any(name in row for name in _TRACED)


def _generation(row: dict[str, Any]) -> dict[str, Any] | None:
    """The row where it is a generation, or a trace with what its only generation says beside it; else None."""
    if _is_observation(row):
        return row if str(row["type"]).upper() == "GENERATION" else None
    inner = [own for own in map(mapping, listing(row.get("observations"))) if _is_observation(own)]
    generations = [own for own in inner if str(own["type"]).upper() == "GENERATION"]
    return {**generations[0], **_known(row)} if len(generations) == 1 else row


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "", [], {}) and name != "observations"}


def _output(line: int, row: dict[str, Any]) -> Output:
    usage = mapping(first(row, "usageDetails", "usage_details", "usage"))
    costs = mapping(first(row, "costDetails", "cost_details"))
    metadata = mapping(row.get("metadata"))
    metrics: dict[str, dict[str, Any]] = {}
    for judge, _, name, value in _scores(row):
        metrics.setdefault(judge, {})[name] = value
    columns = {
        "model": first(row, "model", "providedModelName", "provided_model_name", "modelId"),
        "prompt": _prompt(row),
        "scenario_id": first(metadata, "scenario_id"),
        "scenario": scenario(row.get("input")),
        "text": content(row.get("output")),
        "latency_ms": _latency(row),
        "tokens_in": first(usage, "input", "promptTokens") or first(row, "inputTokens", "inputUsage", "promptTokens"),
        "tokens_out": first(usage, "output", "completionTokens")
        or first(row, "outputTokens", "outputUsage", "completionTokens"),
        "cost": first(row, "totalCost", "total_cost", "calculatedTotalCost") or costs.get("total"),
        METRICS: metrics,
    }
    columns |= {name: metadata[name] for name in ("area", "locale") if isinstance(metadata.get(name), str)}
    return Output(line, row, {name: value for name, value in columns.items() if value is not None or name == "text"})


def _prompt(row: dict[str, Any]) -> str | None:
    """The prompt's name and version, else the name of the generation or trace."""
    name, version = first(row, "promptName", "prompt_name"), first(row, "promptVersion", "prompt_version")
    if name is not None:
        return f"{name}-v{version}" if version is not None else str(name)
    other = first(row, "name", "traceName", "trace_name")
    return None if other is None else str(other)


def _latency(row: dict[str, Any]) -> float | None:
    """Milliseconds from start to end, else the latency, which Langfuse gives in seconds."""
    start, end = (_moment(first(row, *names)) for names in (("startTime", "start_time"), ("endTime", "end_time")))
    if start is not None and end is not None:
        return round((end - start) * 1000, 3)
    return milliseconds(row.get("latency"))


def _moment(value: Any) -> float | None:
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return None


def _scores(row: dict[str, Any]) -> Iterator[tuple[str, JudgeKind, str, Any]]:
    """(judge, kind, name, value) of every score beside a row: a list of scores, or values by name."""
    given = row.get("scores")
    for name, value in mapping(given).items():
        own = [known for known in map(number, listing(value) or [value]) if known is not None]
        if own:
            yield "langfuse", "program", str(name), sum(own) / len(own)
    for score in map(mapping, listing(given)):
        source = str(score.get("source", "API")).upper()
        author = first(score, "authorUserId", "author_user_id")
        judge = judge_id(str(author), "annotator") if author else f"langfuse-{source.lower()}"
        value = score.get("value") if score.get("value") is not None else score.get("stringValue")
        yield judge, _KINDS.get(source, "program"), str(score.get("name")), metric(value)
