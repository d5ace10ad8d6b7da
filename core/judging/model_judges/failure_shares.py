"""Whether model judges leave few tips without a score, and do so alike for all cells."""

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from math import comb

from core.plurals import counted
from core.scoring.checks import CheckResult

MOST = 0.05
"""The share of a judge's tips above which its scores are of a selection."""
UNLIKE, SURE = 0.05, 0.01
"""Two cells are treated unlike where their shares differ by more than the first, with a p below the second."""
Counts = Mapping[str, tuple[int, int]]


def judge_failures(judges: Mapping[str, Counts]) -> CheckResult:
    """Return whether no judge leaves more than MOST of its tips without a score, or one cell's more than another's.

    `judges` maps a judge to (without a score, all it has finished) by cell. Too many are an error; two cells whose
    shares differ, by Fisher's exact test, are a warning.
    """
    lost = {judge: tuple(map(sum, zip(*cells.values(), strict=True))) for judge, cells in judges.items() if cells}
    numbers: dict[str, int | float] = {"found": sum(bad for bad, _ in lost.values())}
    over = [judge for judge, (bad, total) in lost.items() if total and bad / total > MOST]
    said = [
        f"judge {judge} left {bad} of {counted(total, 'tip')} without a score" for judge, (bad, total) in lost.items()
    ]
    message = "; ".join(said) or "no model judge left a tip without a score"
    if over:
        message += f"; over {MOST:.0%} is a selection: see what it answers, or ask again with --retry-failed"
        return CheckResult("judge_failures", passed=False, severity="error", message=message, numbers=numbers)
    unlike = next((each for judge, cells in judges.items() if (each := _unlike(judge, cells))), None)
    if unlike is not None:
        message += f"; {unlike}"
    return CheckResult("judge_failures", unlike is None, "warning" if unlike else "error", message, numbers)


def _unlike(judge: str, cells: Counts) -> str | None:
    """Return which two cells a judge treats unlike, those with the smallest p; None where it treats all alike."""
    found = []
    for (one, (bad, total)), (other, (bad_2, total_2)) in combinations(cells.items(), 2):
        if total and total_2 and abs(bad / total - bad_2 / total_2) > UNLIKE:
            found.append((fisher_p(bad, total, bad_2, total_2), one, other))
    if not found or min(found)[0] >= SURE:
        return None
    p, one, other = min(found)
    shares = " and ".join(f"{cells[cell][0] / cells[cell][1]:.0%} of {cell}" for cell in (one, other))
    return f"{judge} left {shares} without a score (p {p:.2g}): it may find one cell's tips harder to judge"


@cache
def fisher_p(bad: int, total: int, other_bad: int, other_total: int) -> float:
    """Return the two-sided p of Fisher's exact test: the chance of tables that are no likelier than this one, or equal.

    Ties are taken with a relative tolerance of 1e-7, as R's fisher.test does.
    """
    whole, lost = total + other_total, bad + other_bad
    ways = [
        comb(total, k) * comb(other_total, lost - k) for k in range(max(0, lost - other_total), min(lost, total) + 1)
    ]
    seen = comb(total, bad) * comb(other_total, other_bad)
    limit = seen + seen // 10**7
    return float(sum(way for way in ways if way <= limit) / comb(whole, lost)) if whole else 1.0
