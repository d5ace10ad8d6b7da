"""Writes confseq.json beside it: outcomes, and the confidence sequences that confseq 0.0.11 has for their mean.

usage: python make_confseq.py, with the Python part of confseq on the path; nothing of its compiled part is used.

`plug_in` is its predmix_lower_cs with its lambda_predmix_eb on the outcomes and on 1 minus them, and the variance
increments of theorem 2 of the paper, about a mean that begins at 1/2. `package` is its predmix_empbern_cs, whose mean
begins at 0. Neither takes the intersection over time.
"""

import json
from pathlib import Path

import numpy as np
from confseq.betting_strategies import lambda_predmix_eb
from confseq.predmix import predmix_empbern_cs, predmix_lower_cs

ALPHA = 0.05


def lower(x: np.ndarray) -> np.ndarray:
    """Return the lower ends after each outcome, each at half of the error."""
    count = np.arange(1, len(x) + 1)
    mean = np.append(0.5, (0.5 + np.cumsum(x)) / (count + 1))[:-1]
    found = predmix_lower_cs(
        x,
        v=(x - mean) ** 2,
        lambdas_fn=lambda y: lambda_predmix_eb(y, truncation=0.5, alpha=ALPHA / 2),
        psi_fn=lambda bet: -np.log(1 - bet) - bet,
        alpha=ALPHA / 2,
    )
    return np.asarray(found)


def main() -> None:
    """Draw the outcomes and write what the package says of them."""
    rng = np.random.default_rng(20261130)
    drawn = {"beta": rng.beta(2, 5, 200), "rare": (rng.random(200) < 0.05).astype(float)}
    found = {}
    for name, outcomes in drawn.items():
        x = np.round(outcomes, 6)
        package = predmix_empbern_cs(x, alpha=ALPHA, truncation=0.5)
        found[name] = {
            "outcomes": x.tolist(),
            "plug_in": {"low": lower(x).tolist(), "high": (1 - lower(1 - x)).tolist()},
            "package": {"low": package[0].tolist(), "high": package[1].tolist()},
        }
    Path(__file__).with_name("confseq.json").write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    main()
