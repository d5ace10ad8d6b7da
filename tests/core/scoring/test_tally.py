"""A tally and its parts."""

import numpy as np

from core.scoring.tally import Tally


def test_a_part_is_numbered_anew_and_keeps_its_counts() -> None:
    """Only the chosen scenarios stay, in the order given, with their rows and their counts of tips."""
    counts = np.arange(8).reshape(2, 4)
    whole = Tally(
        cell=np.array([0, 0, 1, 1]),
        scenario=np.array([0, 3, 1, 3]),
        judge=np.zeros(4, int),
        scored=np.array([1, 2, 3, 4]),
        sums=np.array([[1.0], [2.0], [3.0], [4.0]]),
        unscorable=counts,
        texts=counts + 10,
        failed=counts + 20,
        refused=counts + 30,
        misconfigured=counts + 40,
        cut_off=counts + 50,
        judges=("anna",),
    )
    part = whole.within(np.array([1, 3]))
    assert part.cell.tolist() == [0, 1, 1]
    assert part.scenario.tolist() == [1, 0, 1]
    assert part.scored.tolist() == [2, 3, 4]
    assert part.sums[:, 0].tolist() == [2.0, 3.0, 4.0]
    assert part.texts.tolist() == [[11, 13], [15, 17]]
    assert part.unscorable.tolist() == [[1, 3], [5, 7]]
    assert part.failed.tolist() == [[21, 23], [25, 27]]
    assert part.refused.tolist() == [[31, 33], [35, 37]]
    assert part.judges == ("anna",)
