"""Whether users were dealt to the parts of an experiment as planned."""

import numpy as np

from core.estimate.design import Floats, Ints
from core.estimate.student import chi_square_above

SIGNIFICANT = 0.001


def sample_ratio_p(dealt: Ints, shares: Floats) -> float:
    """Return Pearson's chi-square p that users were `dealt` (k) by the planned `shares` (k), which sum to 1.

    It is 1 where nobody was dealt yet. Raise ValueError for shares that are no plan.
    """
    if len(dealt) < 2 or not (shares > 0).all() or abs(float(shares.sum()) - 1) > 1e-9:
        raise ValueError("shares are not at least two, above 0, that sum to 1")
    expected = dealt.sum() * shares
    if not expected.any():
        return 1.0
    return float(chi_square_above(len(dealt) - 1, float(((dealt - expected) ** 2 / expected).sum())))


def ratio_differs(dealt: Ints, shares: Floats) -> str | None:
    """Return why no difference is reported where users were surely not dealt as planned, p < .001."""
    p = sample_ratio_p(dealt, shares)
    if p >= SIGNIFICANT:
        return None
    found = " : ".join(f"{share:.1%}" for share in (dealt / dealt.sum()).tolist())
    planned = " : ".join(f"{share:.1%}" for share in np.asarray(shares).tolist())
    return (
        f"not estimable: users were dealt {found} and not {planned} as planned (chi-square p = {p:.1g}): find out who "
        "is missing before any difference is read"
    )
