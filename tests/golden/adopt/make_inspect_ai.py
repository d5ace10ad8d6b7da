"""Writes inspect_ai.json, a log of three samples in two epochs; made with inspect_ai 0.3.285, which no test needs.

The model is inspect_ai's own mock; one sample fails. What a sample went through (`events`, and what belongs to them)
and tracebacks are left out of the file, for they are long and no reader needs them.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval_async
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, includes, mean, scorer
from inspect_ai.solver import generate, system_message

HERE = Path(__file__).parent
OMITTED = ("events", "events_data", "store", "attachments")
SETTINGS = {"log_format": "json", "max_samples": 1, "fail_on_error": False}


@scorer(metrics={"help": [mean()], "tone": [mean()]})  # type: ignore[untyped-decorator]  # its package is not here
def ours() -> Any:
    """Give a value on two criteria."""

    async def score(state: Any, target: Any) -> Score:
        del state, target
        return Score(value={"help": 0.5, "tone": 1.0}, explanation="as it should be")

    return score


def task(prompt: str) -> Task:
    """Make the task of one prompt."""
    samples = [
        Sample(id=f"s{n}", input=f"I cannot sleep, case {n}", target="rest", metadata={"area": "health"})
        for n in (1, 2, 3)
    ]
    return Task(dataset=samples, solver=[system_message(prompt), generate()], scorer=[includes(), ours()], name="tips")


async def evaluate(folder: str) -> None:
    """Evaluate once and write the log into `folder`."""
    outputs = [ModelOutput.from_content("mockllm/model", f"Walk, then rest ({n}).") for n in range(5)]
    for output in outputs:
        output.usage = ModelUsage(input_tokens=20, output_tokens=10, total_tokens=30)
    broken = ModelOutput(model="mockllm/model", choices=[], error="overloaded", usage=outputs[0].usage)
    model = get_model("mockllm/model", custom_outputs=[*outputs, broken])
    await eval_async(task("You are kind."), model=model, epochs=2, **SETTINGS, log_dir=folder)


def main() -> None:
    """Keep what is read of the log."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(evaluate(folder))
        (path,) = Path(folder).glob("*.json")
        log = json.loads(path.read_text("utf-8"))
    log["eval"]["model_args"] = {}
    for sample in log["samples"]:
        for name in OMITTED:
            sample.pop(name, None)
        for name in ("traceback", "traceback_ansi"):
            if sample.get("error"):
                sample["error"][name] = ""
    (HERE / "inspect_ai.json").write_text(json.dumps(log, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
