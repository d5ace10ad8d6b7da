"""Student's t, normal, chi-square and beta against printed tables and SciPy, without the time its package takes."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.special
import scipy.stats

from core.estimate.student import beta_below, chi_square_above, log_beta, normal_quantile, t_below, t_quantile


@pytest.mark.parametrize(("df", "value"), [(1, 12.706), (4, 2.776), (10, 2.228), (30, 2.042), (1e9, 1.960)])
def test_quantile_and_probability_undo_each_other(df: float, value: float) -> None:
    """At 97.5 %, for one number and for an array."""
    assert t_quantile(df, 0.975) == pytest.approx(value, abs=5e-4)
    assert t_below(df, t_quantile(df, 0.975)) == pytest.approx(0.975)
    assert t_quantile(np.array([df, df]), 0.975).tolist() == [t_quantile(df, 0.975)] * 2


ALONE = """
import sys
from core.estimate.student import t_below, t_quantile
found = t_quantile(7.5, 0.975), t_below(7.5, -1.25)
assert not {"scipy.special", "numpy.f2py", "numpy.testing"} & set(sys.modules), "too much is imported"
import scipy.special
assert found == (scipy.special.stdtrit(7.5, 0.975), scipy.special.stdtr(7.5, -1.25)), found
assert scipy.special.gammaln(1.0) == 0.0
assert t_quantile(7.5, 0.975) == found[0]
"""


def test_values_are_scipys() -> None:
    """Quantiles and probabilities of arrays, to the last digit."""
    df = np.array([1.0, 4.0, 7.5, 999.0, np.nan])
    assert np.array_equal(t_quantile(df, 0.975), scipy.special.stdtrit(df, 0.975), equal_nan=True)
    assert np.array_equal(t_below(df, -df), scipy.special.stdtr(df, -df), equal_nan=True)


def test_chi_square_is_that_of_printed_tables() -> None:
    """The values that 5 and 0.1 % exceed, for one number and for an array."""
    assert chi_square_above(1, 3.841) == pytest.approx(0.05, abs=5e-5)
    assert chi_square_above(np.array([4.0, 10.0]), np.array([18.467, 29.588])) == pytest.approx(0.001, abs=5e-6)


def test_normal_and_beta_are_scipys() -> None:
    """Quantile, probability and the logarithm of the beta function."""
    assert normal_quantile(0.975) == pytest.approx(1.959964, abs=5e-7)
    a, b, x = np.array([1.0, 2.5, 900.0]), np.array([1.0, 7.0, 50.0]), np.array([0.3, 0.1, 0.95])
    assert beta_below(a, b, x) == pytest.approx(scipy.stats.beta.cdf(x, a, b))
    assert log_beta(a, b) == pytest.approx(scipy.special.betaln(a, b))


def test_the_functions_are_loaded_alone_and_the_package_still_can_be() -> None:
    """A process that asks for t has nothing else of scipy.special; one that imports that later has all of it."""
    subprocess.run([sys.executable, "-c", ALONE], check=True)
