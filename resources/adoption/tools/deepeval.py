"""Reads what DeepEval writes: test runs, results of `evaluate`, and data sets with outputs."""

from typing import Any

from resources.adoption.tools.document import METRICS, Document, Output, ToolFile
from resources.adoption.tools.parts import content, first, listing, mapping, metric, milliseconds, scenario

JUDGE = "deepeval"
_OUTPUT = ("actual_output", "actualOutput")


def read(document: Document) -> ToolFile | None:
    """Return the test cases of a file, or None for a file of another shape."""
    whole = document.single or {}
    cases = [(1, row) for row in _cases(whole)] or document.objects
    if not cases or not all(isinstance(row, dict) and "input" in row for _, row in cases):
        return None
    if not any(name in row for _, row in cases for name in _OUTPUT):
        return None
    known = _hyperparameters(mapping(whole.get("hyperparameters")))
    return ToolFile("deepeval", [_output(line, row, known) for line, row in cases], {JUDGE: "model"}, [])


def _cases(whole: dict[str, Any]) -> list[Any]:
    run = mapping(whole.get("testRunData")) or whole
    return listing(first(run, "testCases", "test_cases", "test_results", "testResults"))


def _hyperparameters(given: dict[str, Any]) -> dict[str, Any]:
    """Model and prompt, where the run names them."""
    lower = {name.lower().replace(" ", "_"): value for name, value in given.items()}
    found = {
        "model": first(lower, "model", "model_name", "llm"),
        "prompt": first(lower, "prompt", "prompt_name", "prompt_version", "prompt_template", "system_prompt"),
    }
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _output(line: int, row: dict[str, Any], known: dict[str, Any]) -> Output:
    metadata = mapping(first(row, "metadata", "additional_metadata", "additionalMetadata"))
    own = {
        name: metadata[name] for name in ("model", "prompt", "area", "locale") if isinstance(metadata.get(name), str)
    }
    metrics: dict[str, Any] = {}
    for entry in map(mapping, listing(first(row, "metrics_data", "metricsData"))):
        name = str(entry.get("name"))
        metrics |= {name: metric(entry.get("score")), f"{name}.success": metric(entry.get("success"))}
    columns = {
        **known,
        **own,
        "scenario": scenario(row.get("input")),
        "text": content(first(row, *_OUTPUT)),
        "latency_ms": milliseconds(first(row, "completion_time", "completionTime")),
        "tokens_in": first(row, "input_token_count", "inputTokenCount"),
        "tokens_out": first(row, "output_token_count", "outputTokenCount"),
        "cost": first(row, "token_cost", "tokenCost"),
        METRICS: {JUDGE: metrics},
    }
    return Output(line, row, columns)
