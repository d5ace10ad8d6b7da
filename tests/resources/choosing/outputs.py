"""Outputs of three cells with scores: two are alike, and the cheapest is bad."""

import json
from pathlib import Path

import numpy as np

NAME = "tip-bench-chosen"
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
MEANS = {"north": 4.2, "south": 4.2, "west": 2.0}
COSTS = {"north": 0.002, "south": 0.001, "west": 0.0001}


def write_outputs(path: Path, scenarios: int, judge: str = "anna") -> Path:
    """Write outputs of three cells with scores of one judge: two are alike, the cheapest is bad."""
    rows = []
    for number in range(scenarios):
        chance = np.random.default_rng(number)
        easy = float(chance.normal(0, 0.3))
        for model, mean in MEANS.items():
            value = round(min(5.0, max(1.0, mean + easy + float(chance.normal(0, 0.2)))), 3)
            rows.append(
                {
                    "model": model, "prompt": "p", "scenario_id": f"s{number}", "scenario": f"Case {number}",
                    "text": f"Rest, {model} {number}.", "cost": COSTS[model],
                    "scores": {judge: dict.fromkeys(CRITERIA, value)},
                }
            )  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)))
    return path
