"""Writes lm_eval/samples_tips_DATE.jsonl and results_DATE.json; made with lm-eval 0.4.13, which no test needs.

A task of three documents with two repeats, a model that writes text, and lm-eval's own evaluation and files; of the
results file only what names the model is kept.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from lm_eval.api.model import LM
from lm_eval.evaluator import simple_evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

HERE = Path(__file__).parent
DATE = "2026-11-28T12-00-00.000000"
TASK = """
task: tips
dataset_path: json
dataset_kwargs: {data_files: {test: DATA}}
test_split: test
output_type: generate_until
doc_to_text: "Give a tip. {{situation}}"
doc_to_target: "{{rest}}"
generation_kwargs: {until: ["\\n"]}
repeats: 2
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
"""


class Ours(LM):  # type: ignore[misc]  # its package is not here
    """Writes a numbered tip for each request."""

    def generate_until(self, requests: list[Any], **_: Any) -> list[str]:
        """Return a text a request."""
        return [f"Walk, then rest ({number})." for number, _ in enumerate(requests)]

    def loglikelihood(self, requests: list[Any], **_: Any) -> list[Any]:
        """Refuse what the task does not ask for."""
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: list[Any], **_: Any) -> list[Any]:
        """Refuse what the task does not ask for."""
        raise NotImplementedError


def main() -> None:
    """Evaluate once and keep the files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data.jsonl"
        lines = [{"situation": f"I cannot sleep, case {n}", "rest": "rest"} for n in (1, 2, 3)]
        data.write_text("".join(json.dumps(line) + "\n" for line in lines))
        (folder / "tips.yaml").write_text(TASK.replace("DATA", str(data)))
        manager = TaskManager(include_path=name, include_defaults=False)
        results = simple_evaluate(model=Ours(), tasks=["tips"], task_manager=manager, log_samples=True)
        tracker = EvaluationTracker(output_path=str(folder / "out"))
        tracker.general_config_tracker.log_experiment_args("hf", "pretrained=org/north", "", "", False)
        samples = results.pop("samples")
        tracker.save_results_aggregated(results=results, samples=samples)
        tracker.save_results_samples(task_name="tips", samples=samples["tips"])
        (written,) = (folder / "out").glob("*/samples_*.jsonl")
        (written_results,) = (folder / "out").glob("*/results_*.json")
        out = HERE / "lm_eval"
        out.mkdir(exist_ok=True)
        (out / f"samples_tips_{DATE}.jsonl").write_text(written.read_text("utf-8"), "utf-8")
        whole = json.loads(written_results.read_text("utf-8"))
        named = {name: whole[name] for name in whole if name.startswith("model_") or name == "lm_eval_version"}
        (out / f"results_{DATE}.json").write_text(json.dumps(named, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
