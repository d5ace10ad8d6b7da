"""The probability that each arm is the best one, which is how often Thompson sampling takes it."""

from collections.abc import Iterator
from functools import cache

import numpy as np

from core.estimate.design import Floats
from core.estimate.student import beta_below, log_beta

NODES = 16
REACH = 8.0
"""Standard errors on either side of an arm's mean beyond which it has no probability that counts."""
STEP = 2.0
"""Standard errors of the narrowest arm that an interval of the quadrature is long."""
NEAR = 0.05
"""Standard errors of the first interval at rates of 0 and 1, where densities are powers; the next are twice as long."""
BLOCK = 1 << 20
"""Values of densities that stand in memory at once."""


def best_probabilities(alpha: Floats, beta: Floats) -> Floats:
    """Return P(arm a has the largest rate) (n) for independent Beta(α, β) rates, α and β (n) at least 1.

    Thompson (1933): P(a) = ∫ f_a Π_{b≠a} F_b. Gauss-Legendre quadrature of 16 nodes in intervals of two standard errors
    of the narrowest arm there, over θ with sin²θ = rate, in which arms are nearly normal, of variance 1 / 4(α + β + 1).
    F comes out of the same nodes, by integrating the polynomial through them. No chance is in it, and errors are below
    1e-9 for up to a million tips an arm; beyond, rounding of densities makes them 1e-6 at 10⁸. They sum to 1.
    """
    mean = np.arctan2(np.sqrt(alpha), np.sqrt(beta))
    error = 0.5 / np.sqrt(alpha + beta + 1)
    edges = np.array(list(_edges(mean, error)))
    reached = beta_below(alpha, beta, np.sin(edges[0]) ** 2)
    found = np.zeros(len(alpha))
    most = max(1, BLOCK // (NODES * len(alpha)))
    for start in range(0, len(edges) - 1, most):
        part, reached = _integrals(alpha, beta, edges[start : start + most + 1], reached)
        found += part
    return np.asarray(found / found.sum())


def _edges(mean: Floats, error: Floats) -> Iterator[float]:
    """Yield the ends of the intervals, in ascending order: none holds more of a density than 16 nodes can follow."""
    starts, ends = np.maximum(mean - REACH * error, 0.0), np.minimum(mean + REACH * error, np.pi / 2)
    left, last = float(starts.max()), float(ends.max())
    ahead = np.sort(starts[starts > left])
    yield left
    while left < last:
        narrowest = float(error[(starts <= left) & (ends > left)].min(initial=np.inf))
        step = min(STEP * narrowest, max(left, NEAR * narrowest), max((np.pi / 2 - left) / 2, NEAR * narrowest))
        coming = ahead[np.searchsorted(ahead, left, side="right") :]
        left = min(left + step, last, float(coming[0]) if len(coming) else last)
        yield left


def _integrals(alpha: Floats, beta: Floats, edges: Floats, reached: Floats) -> tuple[Floats, Floats]:
    """Return each arm's part (n) of the integral over the intervals, and F (n) at their end; `reached` is F before."""
    nodes, weights, up_to = _rule()
    half = np.diff(edges) / 2
    angle = edges[:-1, None] + half[:, None] * (nodes + 1)
    scale = np.log(2 * half)[:, None] - log_beta(alpha, beta)[:, None, None]
    log_sine, log_cosine = np.log(np.sin(angle)), np.log(np.cos(angle))
    density = np.exp((2 * alpha - 1)[:, None, None] * log_sine + (2 * beta - 1)[:, None, None] * log_cosine + scale)
    by_interval = np.cumsum(density @ weights, axis=1) + reached[:, None]
    begun = np.concatenate([reached[:, None], by_interval[:, :-1]], axis=1)
    below = np.clip(begun[:, :, None] + density @ up_to.T, 0.0, 1.0)
    others = np.ones_like(below)
    np.cumprod(below[:-1], axis=0, out=others[1:])
    others[:-1] *= np.cumprod(below[:0:-1], axis=0)[::-1]
    return np.einsum("aim,aim,m->a", density, others, weights), by_interval[:, -1]


@cache
def _rule() -> tuple[Floats, Floats, Floats]:
    """Return nodes and weights on [-1, 1], and the matrix that integrates from -1 up to each node."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    values = np.polynomial.legendre.legvander(nodes, NODES)
    degree = np.arange(NODES)
    coefficients = (2 * degree[:, None] + 1) / 2 * values[:, :NODES].T * weights
    integrated = np.empty((NODES, NODES))
    integrated[:, 0] = nodes + 1
    integrated[:, 1:] = (values[:, 2:] - values[:, : NODES - 1]) / (2 * degree[1:] + 1)
    return nodes, weights, integrated @ coefficients
