"""The draw against frequencies, against what the seed decides, and against a chance computed by OpenSSL."""

import itertools

import pytest
import scipy.stats

from core.policies.distribution import Distribution
from core.policies.draw import SEEDS, chance, draw

THREE = Distribution(("a", "b", "c"), (0.2, 0.5, 0.3))


def test_the_chance_of_a_place_is_that_of_another_program() -> None:
    """As `openssl sha256` begins on `tipbench draw 1`, a seven in eight bytes and a one in four."""
    assert chance(7, 1) == (0x0D17AF0DFBECDFDC >> 11) / 2**53
    assert chance(SEEDS - 1, 0) != chance(SEEDS - 1, 1) != chance(7, 1)


def test_seed_and_distribution_decide() -> None:
    """These are the arms of the first seeds, in this and every later version."""
    assert ["".join(one.arm for one in draw(THREE, 3, seed)) for seed in range(6)] == [
        "bca",
        "cba",
        "abc",
        "abc",
        "bca",
        "bca",
    ]


def test_each_arm_comes_as_often_as_its_probability() -> None:
    """Over 20,000 seeds, by Pearson's test."""
    counts = dict.fromkeys(THREE.arms, 0)
    for seed in range(20_000):
        counts[draw(THREE, 1, seed)[0].arm] += 1
    expected = [20_000 * p for p in THREE.probabilities]
    assert scipy.stats.chisquare(list(counts.values()), expected).pvalue > 0.01


def test_orders_come_as_often_as_the_product_of_their_propensities() -> None:
    """Each place is drawn from what the earlier ones left."""
    counts = {"".join(order): 0 for order in itertools.permutations("abc", 2)}
    products: dict[str, float] = {}
    for seed in range(20_000):
        one, other = draw(THREE, 2, seed)
        counts[one.arm + other.arm] += 1
        products[one.arm + other.arm] = one.propensity * other.propensity
    assert sum(products.values()) == pytest.approx(1)
    expected = [20_000 * products[order] for order in counts]
    assert scipy.stats.chisquare(list(counts.values()), expected).pvalue > 0.01


def test_propensities_are_those_of_what_is_left() -> None:
    """The first is the distribution's own to the last bit, the last of all arms is 1."""
    for seed in range(50):
        found = draw(THREE, 3, seed)
        own = dict(zip(THREE.arms, THREE.probabilities, strict=True))
        first, second, third = found
        assert first.propensity == own[first.arm]
        assert second.propensity == pytest.approx(own[second.arm] / (1 - own[first.arm]), rel=1e-15)
        assert third.propensity == 1.0
        assert {one.arm for one in found} == {"a", "b", "c"}


def test_as_many_as_there_are() -> None:
    """A larger k takes every arm once."""
    assert len(draw(THREE, 100, 3)) == 3
    assert draw(THREE, 2, 3) == draw(THREE, 100, 3)[:2]


@pytest.mark.parametrize(("k", "seed"), [(0, 1), (-1, 1), (1, -1), (1, SEEDS)])
def test_what_cannot_be_drawn_is_refused(k: int, seed: int) -> None:
    """No place, and seeds that fit into no column."""
    with pytest.raises(ValueError, match=r"^(k|seed) is "):
        draw(THREE, k, seed)


def test_a_threshold_that_rounding_reaches_past_the_sum_takes_the_last_arm() -> None:
    """Ten tenths come to less than 1, and no chance is lost."""
    tenths = Distribution(tuple("abcdefghij"), (0.1,) * 10)
    counts = dict.fromkeys(tenths.arms, 0)
    for seed in range(5_000):
        counts[draw(tenths, 1, seed)[0].arm] += 1
    assert scipy.stats.chisquare(list(counts.values())).pvalue > 0.01
