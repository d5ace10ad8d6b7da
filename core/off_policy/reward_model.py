"""The reward that a linear model expects of an action: ridge regressions by action, drawn to one of all actions."""

from dataclasses import dataclass

import numpy as np

from core.estimate.design import Floats, Ints
from core.off_policy.decisions import ROWS, Decisions, TargetPolicy

RIDGE = 1.0
"""The weight of the regression of all actions in that of one: as much as one decision has with features of size 1."""


@dataclass(frozen=True)
class Moments:
    """`gram` (A, p, p) is XᵀX and `cross` (A, p) is Xᵀr, of the decisions of each of A actions."""

    gram: Floats
    cross: Floats


@dataclass(frozen=True)
class RewardModel:
    """`by_action` (A, p) expects x·β of an action; `pooled` (p) is the regression of all actions that they lean on."""

    by_action: Floats
    pooled: Floats


def moments(decisions: Decisions, n_actions: int, fold: Ints, n_folds: int) -> list[Moments]:
    """Return the moments of each fold; `fold` (N) is that of each decision."""
    width = decisions.features.shape[1]
    group = fold * n_actions + decisions.action
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=n_folds * n_actions))
    features, rewards = decisions.features[order], decisions.reward[order]
    gram, cross = np.zeros((len(ends), width, width)), np.zeros((len(ends), width))
    for place, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        if end > start:
            part = features[start:end]
            gram[place], cross[place] = part.T @ part, part.T @ rewards[start:end]
    parts = [slice(number * n_actions, (number + 1) * n_actions) for number in range(n_folds)]
    return [Moments(gram[part], cross[part]) for part in parts]


def fit(found: Moments) -> RewardModel:
    """Return β₀ = (Σ XᵀX + λD)⁻¹ Σ Xᵀr and, by action, β = (XᵀX + λI)⁻¹ (Xᵀr + λβ₀).

    Ridge regression (Hoerl and Kennard 1970), of one action towards that of all. D leaves the first column free, so
    that a constant added to all rewards moves every expected reward by it. An action without decisions has β₀.
    """
    pooled = np.linalg.solve(found.gram.sum(axis=0) + _free_first(found), found.cross.sum(axis=0))
    return RewardModel(solved(found, found.cross + RIDGE * pooled), pooled)


def solved(found: Moments, right: Floats) -> Floats:
    """Return (XᵀX + λI)⁻¹ times `right` (A, p), by action."""
    return np.asarray(np.linalg.solve(found.gram + RIDGE * np.eye(found.gram.shape[1]), right[:, :, None])[:, :, 0])


def solved_pooled(found: Moments, right: Floats) -> Floats:
    """Return (Σ XᵀX + λD)⁻¹ times `right` (p)."""
    return np.asarray(np.linalg.solve(found.gram.sum(axis=0) + _free_first(found), right))


def expected(models: Floats, fold: Ints, features: Floats, action: Ints) -> Floats:
    """Return the expected reward (N) of the logged `action` (N) by the model of each decision's fold.

    `models` (F, A, p) are the coefficients by fold.
    """
    found = np.empty(len(features))
    for start in range(0, len(features), ROWS):
        rows = slice(start, start + ROWS)
        np.einsum("np,np->n", features[rows], models[fold[rows], action[rows]], out=found[rows])
    return found


def expected_of_target(models: Floats, fold: Ints, features: Floats, target: TargetPolicy) -> Floats:
    """Return Σ_a π(a|x) q̂(x, a) (N), what the model of each decision's fold expects of the target."""
    found = np.empty(len(features))
    for block in target.blocks():
        for number, model in enumerate(models):
            places = np.flatnonzero(fold[block.rows] == number) if len(models) > 1 else np.arange(len(block.of))
            of = block.of[places]
            shared = len(block.table) < len(places)
            mixed = (block.table @ model)[of] if shared else block.table[of] @ model
            found[block.rows.start + places] = np.einsum("np,np->n", features[block.rows.start + places], mixed)
    return found


def target_moments(features: Floats, target: TargetPolicy) -> Floats:
    """Return Σ π(a|x) x (A, p) over all decisions."""
    total = np.zeros((target.n_actions, features.shape[1]))
    for block in target.blocks():
        firsts = np.flatnonzero(np.diff(block.of, prepend=-1))
        summed = np.add.reduceat(features[block.rows], firsts, axis=0)
        total += block.table[block.of[firsts]].T @ summed
    return total


def _free_first(found: Moments) -> Floats:
    penalty = np.full(found.gram.shape[1], RIDGE)
    penalty[0] = 0.0
    return np.diag(penalty)
