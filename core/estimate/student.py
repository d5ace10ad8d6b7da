"""Student's t distribution, by SciPy's special functions.

They are imported when they are called: that takes 0.2 s, and commands that show what is published do without.
"""

from typing import Any

import numpy as np

Numbers = float | np.ndarray[Any, Any]


def t_quantile(df: Numbers, p: float) -> Any:
    """Return the value that a variable with `df` degrees of freedom stays below with probability `p`."""
    from scipy.special import stdtrit

    return stdtrit(df, p)


def t_below(df: Numbers, value: Numbers) -> Any:
    """Return the probability that a variable with `df` degrees of freedom stays below `value`."""
    from scipy.special import stdtr

    return stdtr(df, value)
