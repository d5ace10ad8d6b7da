"""Reads logs of inspect_ai in its JSON format: one file a task and model."""

from typing import Any

from resources.adoption.tools.document import METRICS, Document, Output, ToolFile, Unusable
from resources.adoption.tools.parts import content, first, listing, mapping, metric, milliseconds, scenario

JUDGE = "inspect_ai"


def read(document: Document) -> ToolFile | None:
    """Return the samples of a log, or None for a file of another shape."""
    log = document.single
    if log is None or not {"eval", "status"} <= log.keys() or not isinstance(log["eval"], dict):
        return None
    samples = [sample for sample in listing(log.get("samples")) if isinstance(sample, dict)]
    if not samples:
        raise Unusable("this inspect_ai log holds no samples: write the log with its samples, as JSON")
    made = log["eval"]
    task = str(first(made, "task_display_name", "task") or "task")
    prompt = first(mapping(made.get("task_args")), "prompt", "prompt_name") or task
    notes = [] if log["status"] == "success" else [f"the log's status is {log['status']}: it may lack samples"]
    outputs = [_output(sample, made.get("model"), prompt) for sample in samples]
    return ToolFile("inspect_ai", outputs, {JUDGE: "program"}, notes)


def _output(sample: dict[str, Any], model: Any, prompt: Any) -> Output:
    output, metadata = mapping(sample.get("output")), mapping(sample.get("metadata"))
    usage = mapping(output.get("usage"))
    choices = listing(output.get("choices"))
    text = content(mapping(choices[0]).get("message")) if choices else content(output.get("completion"))
    epoch = sample.get("epoch")
    columns: dict[str, Any] = {
        "model": model,
        "prompt": prompt,
        "scenario_id": sample.get("id"),
        "scenario": scenario(sample.get("input")),
        "text": _attached(text, mapping(sample.get("attachments"))),
        "latency_ms": milliseconds(output.get("time")),
        "tokens_in": usage.get("input_tokens"),
        "tokens_out": usage.get("output_tokens"),
        "cost": first(usage, "total_cost"),
        METRICS: {JUDGE: _metrics(mapping(sample.get("scores")))},
    }
    columns |= {name: metadata[name] for name in ("area", "locale") if isinstance(metadata.get(name), str)}
    if isinstance(epoch, int) and epoch > 0:
        columns["tip_index"] = epoch - 1
    return Output(1, sample, columns)


def _attached(text: str | None, attachments: dict[str, Any]) -> str | None:
    """The text, or the attachment that stands for it where the log keeps long ones apart."""
    if text and text.startswith("attachment://"):
        return content(attachments.get(text.removeprefix("attachment://"))) or text
    return text


def _metrics(scores: dict[str, Any]) -> dict[str, Any]:
    """Values by scorer; those of a scorer with several by their own names and by SCORER.NAME."""
    found: dict[str, Any] = {}
    for name, score in scores.items():
        value = mapping(score).get("value")
        if isinstance(value, dict):
            found |= {key: metric(own) for key, own in value.items()}
            found |= {f"{name}.{key}": metric(own) for key, own in value.items()}
        else:
            found[name] = metric(value)
    return found
