"""Writes odr.json beside it: 200 cells on a line but for known errors, alike for all, and ODR's slope of it.

usage: python make_odr.py, with SciPy before 1.19, whose scipy.odr is ODRPACK (orthogonal distance regression)

With nothing but known errors about the line, its weighted fit is the likeliest line; `se` is its standard error.
"""

import json
import warnings
from pathlib import Path

import numpy as np


def main() -> None:
    """Draw the cells and write them with the fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from scipy import odr
    rng = np.random.default_rng(20261130)
    true = rng.normal(3.5, 0.6, 200)
    score_se, reward_se = np.full(200, 0.25), np.full(200, 0.02)
    score = np.round(true + score_se * rng.normal(size=200), 6)
    reward = np.round(0.02 + 0.05 * true + reward_se * rng.normal(size=200), 6)
    data = odr.RealData(score, reward, sx=score_se, sy=reward_se)
    found = odr.ODR(data, odr.unilinear, beta0=[0.05, 0.0]).run()
    rows = {"score": score.tolist(), "score_se": score_se.tolist(), "reward": reward.tolist()}
    fit = {"slope": float(found.beta[0]), "se": float(np.sqrt(found.cov_beta[0, 0]))}
    Path(__file__).with_name("odr.json").write_text(json.dumps({**rows, **fit}) + "\n", "utf-8")


if __name__ == "__main__":
    main()
