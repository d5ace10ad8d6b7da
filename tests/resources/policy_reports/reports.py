"""Reports that a test makes."""

from typing import Any

from contracts.tips.policy_report import CellReport, LogCheck, PolicyReport
from core.off_policy.evaluate import PolicyEstimate
from core.prediction.evaluate import predicts


def a_report(day: str, **given: Any) -> PolicyReport:
    """Return the report of a day with one cell, of which three of four drawn tips were shown; `given` replaces."""
    estimate = PolicyEstimate(
        estimator="dr", value=0.5, low=0.4, high=0.6, n=3, ess=2.5, mean_weight=1.0, max_weight=2.0, refused=None
    )
    cell = CellReport(
        cell="m/p",
        score=4.0,
        score_low=3.5,
        score_high=4.5,
        score_se=0.25,
        unscored=None,
        n_eligible=8,
        n_drawn=4,
        n_shown=3,
        n_acted=1,
        reward=0.5,
        reward_low=0.4,
        reward_high=0.6,
        refused=None,
        estimates=(estimate,),
    )
    said: dict[str, Any] = {
        "experiment": "tip-bench-x",
        "data_hash": "ab",
        "n_decisions": 8,
        "n_users": 2,
        "n_open": 1,
        "fallback_share": 0.0,
        "shown_p": None,
        "cells": (cell,),
        "prediction": predicts([]),
        "checks": (LogCheck(name="propensities", passed=True, message="as drawn"),),
    }
    return PolicyReport(day=day, since="2026-11-01", **{**said, **given})
