"""Student's t, the normal, the chi-square and the beta distribution, by SciPy's special functions.

They are loaded when they are first called, and they alone: what else scipy.special imports, numpy.f2py and
numpy.testing among it, takes 0.2 s.
"""

import sys
from functools import cache
from threading import Lock
from types import ModuleType
from typing import Any

import numpy as np

Numbers = float | np.ndarray[Any, Any]
_PACKAGE = "scipy.special"
_LOADING = Lock()


def t_quantile(df: Numbers, p: float) -> Any:
    """Return the value that a variable with `df` degrees of freedom stays below with probability `p`.

    Many contrasts have equal df where data are complete, and one value takes 0.7 µs.
    """
    if np.ndim(df) != 1:
        return _functions().stdtrit(df, p)
    found, places = np.unique(df, return_inverse=True)
    return _functions().stdtrit(found, p)[places]


def t_below(df: Numbers, value: Numbers) -> Any:
    """Return the probability that a variable with `df` degrees of freedom stays below `value`."""
    return _functions().stdtr(df, value)


def chi_square_above(df: Numbers, value: Numbers) -> Any:
    """Return the probability that a chi-square variable with `df` degrees of freedom exceeds `value`."""
    return _functions().chdtrc(df, value)


def chi_square_quantile(df: float, p: Numbers) -> Any:
    """Return the value that a chi-square variable with `df` degrees of freedom stays below with probability `p`."""
    return 2 * _functions().gammaincinv(df / 2, p)


def normal_below(value: Numbers) -> Any:
    """Return the probability that a standard normal variable stays below `value`."""
    return _functions().ndtr(value)


def normal_quantile(p: float) -> Any:
    """Return the value that a standard normal variable stays below with probability `p`."""
    return _functions().ndtri(p)


def beta_below(alpha: Numbers, beta: Numbers, value: Numbers) -> Any:
    """Return the probability that a Beta(`alpha`, `beta`) variable stays below `value`, from 0 to 1."""
    return _functions().betainc(alpha, beta, value)


def beta_quantile(alpha: Numbers, beta: Numbers, p: float) -> Any:
    """Return the value that a Beta(`alpha`, `beta`) variable stays below with probability `p`."""
    return _functions().betaincinv(alpha, beta, p)


def log_beta(alpha: Numbers, beta: Numbers) -> Any:
    """Return the logarithm of the beta function, by which a beta density is normalized."""
    return _functions().betaln(alpha, beta)


@cache
def _functions() -> Any:
    """Return SciPy's compiled functions, whose package is imported as ever by whoever asks for it."""
    import scipy

    with _LOADING:
        whole = sys.modules.get(_PACKAGE)
        if whole is None:
            alone = sys.modules[_PACKAGE] = ModuleType(_PACKAGE)
            alone.__path__ = [f"{path}/special" for path in scipy.__path__]
        try:
            from scipy.special import _ufuncs
        finally:
            if whole is None:
                del sys.modules[_PACKAGE]
    return _ufuncs
