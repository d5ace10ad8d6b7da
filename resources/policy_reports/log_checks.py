"""What must hold of a log of decisions before estimates on it may be believed."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contracts.tips.decision_log import PublishedDay
from contracts.tips.policy_report import LogCheck
from core.monitoring.sample_ratio import ratio_differs
from core.off_policy.refusals import shown_differs, shown_share_p
from core.plurals import counted
from resources.policy_reports.decision_table import FirstPlaces

CHECKS = ("sample_ratio", "shares_shown", "fallbacks", "propensities", "log_complete")
"""Their names, in their order."""
MOST_FALLBACKS = 0.05
"""Of decisions, that may be drawn from templates before a report is of little use."""
LEAST_EXPECTED = 5.0
"""Draws that an arm is to have; others are taken together."""
ROUNDING = 1e-6


def log_checks(days: Sequence[PublishedDay], table: pa.Table, log: FirstPlaces) -> tuple[LogCheck, ...]:
    """Return the checks in the order of CHECKS; a log without decisions passes them, and says so."""
    return (_sample_ratio(log), _shares_shown(log), _fallbacks(log), _propensities(log), _log_complete(days, table))


def _sample_ratio(log: FirstPlaces) -> LogCheck:
    """Arms were drawn as often as their logged probabilities say, by Pearson's chi-square."""
    dealt, expected = np.bincount(log.action, minlength=len(log.arms)), log.chance.sum(axis=0)
    rare = expected < LEAST_EXPECTED
    grouped = [np.append(values[~rare], values[rare].sum()) for values in (dealt, expected)]
    is_group = grouped[1] > 0
    counts, shares = grouped[0][is_group].astype(np.int64), grouped[1][is_group]
    if len(counts) < 2:
        return LogCheck(name="sample_ratio", passed=True, message="fewer than two arms have enough draws to compare")
    differs = ratio_differs(counts, shares / shares.sum())
    return LogCheck(
        name="sample_ratio",
        passed=differs is None,
        message=differs or f"{counted(len(counts), 'group')} of arms were drawn as often as was logged",
    )


def shown_p(log: FirstPlaces) -> float | None:
    """Return the chi-square p that the share of drawn tips that was shown is the same for all arms, None of too few."""
    n_arms, is_shown = len(log.arms), ~np.isnan(log.reward)
    drawn, shown = (np.bincount(which, minlength=n_arms) for which in (log.action, log.action[is_shown]))
    return shown_share_p(drawn, shown)


def _shares_shown(log: FirstPlaces) -> LogCheck:
    """Drawn tips of all arms were shown as often; else what is known of their rewards is no fair sample."""
    p, share = shown_p(log), float((~np.isnan(log.reward)).mean()) if len(log.reward) else 0.0
    said = f"{share:.1%} of {counted(len(log.reward), 'drawn tip')} were shown, of no arm surely more or fewer"
    differs = shown_differs(p)
    return LogCheck(name="shares_shown", passed=differs is None, message=differs or said)


def _fallbacks(log: FirstPlaces) -> LogCheck:
    share = float(log.fallback.mean()) if len(log.fallback) else 0.0
    message = f"{share:.1%} of {counted(len(log.fallback), 'decision')} were drawn from templates"
    return LogCheck(name="fallbacks", passed=share <= MOST_FALLBACKS, message=message)


def _propensities(log: FirstPlaces) -> LogCheck:
    """Probabilities of a decision sum to one, each from 0 to 1, and what was drawn has its own as propensity."""
    logged = log.chance[np.arange(len(log.action)), log.action]
    wrong = np.abs(log.chance.sum(axis=1) - 1) > ROUNDING
    wrong |= (np.abs(logged - log.propensity) > ROUNDING) | (log.propensity <= 0) | ~np.isfinite(log.propensity)
    count = int(wrong.sum())
    message = f"{counted(count, 'decision')} of {len(wrong)} have probabilities that are not those of a draw"
    return LogCheck(name="propensities", passed=count == 0, message=message)


def _log_complete(days: Sequence[PublishedDay], table: pa.Table) -> LogCheck:
    """Every served tip that the tables had is a row with its propensity, but for those that were erased since."""
    served = sum(day.counts.served - day.counts.erased for day in days)
    unlogged = sum(day.counts.unlogged for day in days)
    places = table.group_by("decision").aggregate([("position", "max"), ("position", "count")])
    gaps = pc.not_equal(pc.add(places["position_max"].cast(pa.int64()), 1), places["position_count"])
    torn = int(pc.sum(gaps.cast(pa.int64())).as_py() or 0)
    faults = [
        *([f"{len(table)} rows of {served} served tips"] if len(table) != served else []),
        *([f"{counted(unlogged, 'served tip')} without a propensity"] if unlogged else []),
        *([f"{counted(torn, 'decision')} without one of its places"] if torn else []),
    ]
    says = "; ".join(faults) or f"all {counted(served, 'served tip')} have their propensity"
    return LogCheck(name="log_complete", passed=not faults, message=says)
