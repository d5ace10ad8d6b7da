"""Probabilities of being the best arm against a closed form, and against adaptive quadrature of the definition."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, special, stats

from core.estimate.design import Floats
from core.policies import thompson
from core.policies.thompson import best_probabilities

PEERS = Path(__file__).parents[2] / "golden" / "policies" / "peers.json"


def _by_definition(alpha: list[float], beta: list[float]) -> list[float]:
    """Return ∫ f_a Π F_b by SciPy's adaptive quadrature, between quantiles of each arm."""
    found = []
    for arm, (a, b) in enumerate(zip(alpha, beta, strict=True)):
        others = np.array([rates for place, rates in enumerate(zip(alpha, beta, strict=True)) if place != arm]).T

        def integrand(x: float, a: float = a, b: float = b, others: Floats = others) -> float:
            density = math.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b))
            return float(density * special.betainc(others[0], others[1], x).prod())

        inner = special.betaincinv(a, b, [1e-9, 1e-4, 0.1, 0.5, 0.9, 1 - 1e-4, 1 - 1e-9]).tolist()
        parts = itertools.pairwise([0.0, *inner, 1.0])
        found.append(math.fsum(integrate.quad(integrand, low, high, epsabs=1e-11)[0] for low, high in parts))
    return found


@pytest.mark.parametrize(
    ("alpha", "beta"),
    [
        ([1.3, 1.0, 5.0], [1.7, 1.0, 900.0]),
        ([8.0, 3.0, 100.0, 1.0], [4.0, 9.0, 50.0, 1.0]),
        ([20_000.0, 40.0, 3.0], [100_000.0, 120.0, 15.0]),
        ([1.05, 1.05, 1.05, 1.05], [40.0, 50.0, 60.0, 1.01]),
        ([1.0, 1.0, 1.0], [300.0, 400.0, 2_000.0]),
    ],
)
def test_probabilities_are_those_of_the_definition(alpha: list[float], beta: list[float]) -> None:
    """Of arms with few tips and many, of rates near 0 and near each other."""
    found = best_probabilities(np.array(alpha), np.array(beta))
    assert found.tolist() == pytest.approx(_by_definition(alpha, beta), abs=1e-9)


@pytest.mark.parametrize(("a", "b", "c", "d"), [(1, 1, 1, 1), (3, 7, 5, 6), (40, 60, 30, 70), (2, 500, 5, 900)])
def test_two_arms_have_a_closed_form(a: int, b: int, c: int, d: int) -> None:
    """P(second > first) = Σ_{i<c} B(a + i, b + d) / ((d + i) B(1 + i, d) B(a, b)), for whole numbers."""

    def log_beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    second = sum(
        math.exp(log_beta(a + i, b + d) - math.log(d + i) - log_beta(1 + i, d) - log_beta(a, b)) for i in range(c)
    )
    found = best_probabilities(np.array([a, c], float), np.array([b, d], float))
    assert found.tolist() == pytest.approx([1 - second, second], abs=1e-11)


def test_mabwisers_samples_are_the_best_as_often() -> None:
    """Of 20,000 of them, by Pearson's test."""
    golden = json.loads(PEERS.read_text("utf-8"))["thompson"]
    shown, acted = np.array(golden["shown"], float), np.array(golden["acted"], float)
    expected = golden["samples"] * best_probabilities(1 + acted, 1 + shown - acted)
    assert stats.chisquare(golden["best"], expected).pvalue > 0.01


def test_equal_arms_share_equally() -> None:
    """One has all, and none is favoured by its place."""
    assert best_probabilities(np.array([3.0]), np.array([9.0])).tolist() == [1.0]
    assert best_probabilities(np.full(50, 4.0), np.full(50, 31.0)) == pytest.approx(np.full(50, 0.02), abs=1e-12)


def test_many_arms_of_any_size_come_to_one() -> None:
    """What is left out of the quadrature is none that counts: the integral is the product of all F."""
    rng = np.random.default_rng(1)
    shown = 10 ** rng.integers(0, 7, 200)
    acted = rng.binomial(shown, rng.uniform(0.0, 0.3, 200))
    found = best_probabilities(np.asarray(1.0 + acted), np.asarray(1.0 + shown - acted))
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert found.min() >= 0


def test_intervals_may_be_taken_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each begins where the one before it ended."""
    alpha, beta = np.array([8.0, 3.0, 100.0]), np.array([4.0, 9.0, 50.0])
    whole = best_probabilities(alpha, beta)
    monkeypatch.setattr(thompson, "BLOCK", 1)
    assert best_probabilities(alpha, beta) == pytest.approx(whole, abs=1e-14)
