"""Collecting runs from lock to published candidates."""

import json
from pathlib import Path
from typing import Any

from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.collect.collecting_run import collect_experiment


def test_an_adopted_experiment_counts_its_failures(bench: Any, tmp_path: Path) -> None:
    """Nothing is asked; outputs without text are reported as failed, as they are for collected ones."""
    rows = [
        {"model": "m", "prompt": "p", "scenario_id": f"s{n}", "scenario": "x", "tip_index": 0, "text": text}
        for n, text in enumerate(["Walk.", "", None, "Rest."])
    ]
    file = tmp_path / "outputs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    spec = adopt(bench, "tip-bench-adopted", [file], AdoptOptions(), None).spec
    found = collect_experiment(bench, spec, run_id="run-1", accept=False)
    assert (found.expected, found.done, found.requested, found.failed, found.left) == (4, 4, 0, 2, 0)
