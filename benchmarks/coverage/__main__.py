"""The tables of coverage: how often nominal 95 % intervals hold the truth, by population and cell.

usage: python -m benchmarks.coverage [--of levels|differences|growing|alternatives] [--runs N]
"""

import argparse
from collections.abc import Iterator

from benchmarks.coverage import differences
from benchmarks.coverage.alternatives import METHODS, alternatives
from benchmarks.coverage.levels import Coverage, coverage
from benchmarks.coverage.populations import (
    Floats,
    Population,
    by_area,
    ceiling,
    crowded,
    five_points,
    five_points_high,
    gaussian,
    lenient_judge,
    uneven_judges,
    with_holes,
    zero_or_one,
)

RUNS = 10_000
SLOW = 10
"""Experiments with holes are fitted one at a time: a tenth of the runs."""
WHOLE: dict[str, Population] = {
    "Gaussian": gaussian,
    "5 points, middle": five_points,
    "5 points, high": five_points_high,
    "by area": by_area,
}
AT_AN_END: dict[str, Population] = {
    "crowded at 0": crowded,
    "80 % at the top": ceiling(0.8),
    "95 % at the top": ceiling(0.95),
    "0 or 1": zero_or_one,
}
WITH_HOLES: dict[str, Population] = {
    "lenient judge, holes": lenient_judge,
    "uneven judges": uneven_judges,
    **{f"{name}, 30 % missing": with_holes(population, 0.3) for name, population in {**WHOLE, **AT_AN_END}.items()},
}
COLUMNS = ("scores", "scenarios", "covered", "±", "by t", "below", "above", "width / t", "no interval", "marked")

OF_DIFFERENCES = (
    "scores",
    "scenarios",
    "covered",
    "±",
    "by t",
    "width / t",
    "no interval",
    "marked",
    "band",
    "all pairs",
)
SPARED = {f"{name}, 30 % missing" for name in WHOLE}
"""Of differences, whose experiments are all fitted, not shown: what does not crowd, with holes at random."""
GROWING = ("scores", "steps", "widened by over one rank")
GROWING_RUNS = 20


def table(runs: int) -> Iterator[tuple[str, int, Coverage]]:
    """Yield the name of a population, the number of scenarios and the coverage of its cells, row by row."""
    for populations, sizes, own in (
        (WHOLE, (10, 30, 200), runs),
        (AT_AN_END, (12, 24, 40, 100), runs),
        (WITH_HOLES, (10, 30, 100), -(-runs // SLOW)),
    ):
        for name, population in populations.items():
            for scenarios in sizes:
                yield name, scenarios, coverage(population, scenarios, own)


def line(name: str, scenarios: int, found: Coverage) -> str:
    """Return a row of the Markdown table, shares in percent, cells in the population's order."""
    shares = (found.covered, found.by_t, found.below, found.above)
    covered, by_t, below, above = (_percent(share) for share in shares)
    widths = " ".join(f"{width:.2f}" for width in found.width)
    rest = (widths, _percent(found.none), _percent(found.marked))
    error = f"{100 * found.error.max():.1f}"
    return "| " + " | ".join((name, str(scenarios), covered, error, by_t, below, above, *rest)) + " |"


def differences_lines(runs: int) -> Iterator[str]:
    """Yield rows of the table of differences to the first cell: every experiment is fitted, in a tenth of the runs."""
    with_holes = {name: WITH_HOLES[name] for name in WITH_HOLES if name not in SPARED}
    for populations, sizes in ((AT_AN_END, (12, 24, 40, 100)), (WHOLE, (10, 30, 100)), (with_holes, (30, 100))):
        for name, population in populations.items():
            for scenarios in sizes:
                found = differences.coverage(population, scenarios, -(-runs // SLOW))
                widths = " ".join(f"{width:.2f}" for width in found.width)
                shares = (_percent(found.covered), f"{100 * found.error:.1f}", _percent(found.by_t), widths)
                rest = (_percent(found.none), _percent(found.marked), f"{100 * found.band:.1f}")
                yield _line(name, str(scenarios), *shares, *rest, f"{100 * found.all_pairs:.1f}")


def growing_lines() -> Iterator[str]:
    """Yield rows of the table of rank intervals as scenarios are added, ten at a time from 20 to 100."""
    for name, population in AT_AN_END.items():
        share, steps = differences.widened(population, GROWING_RUNS)
        yield _line(name, str(steps), f"{100 * share:.1f}")


def alternatives_lines(runs: int) -> Iterator[str]:
    """Yield rows of the table of other methods for differences: the least coverage of a pair, and the largest width."""
    for name in ("crowded at 0", "80 % at the top", "95 % at the top", "Gaussian"):
        for scenarios in (24, 40):
            found = alternatives({**AT_AN_END, **WHOLE}[name], scenarios, -(-runs // SLOW))
            yield _line(name, str(scenarios), *(f"{100 * covered:.1f}, {wider:.2f}" for covered, wider in found))


def main() -> None:
    """Print the table as it is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of", choices=("levels", "differences", "growing", "alternatives"), default="levels")
    parser.add_argument("--runs", type=int, default=RUNS, help="experiments a row; a tenth of it where each is fitted")
    arguments = parser.parse_args()
    columns, lines = {
        "levels": (COLUMNS, (line(*row) for row in table(arguments.runs))),
        "differences": (OF_DIFFERENCES, differences_lines(arguments.runs)),
        "growing": (GROWING, growing_lines()),
        "alternatives": (("scores", "scenarios", *METHODS), alternatives_lines(arguments.runs)),
    }[arguments.of]
    print(_line(*columns))
    print("|---" * len(columns) + "|")
    for row in lines:
        print(row, flush=True)


def _line(*fields: str) -> str:
    return "| " + " | ".join(fields) + " |"


def _percent(shares: Floats) -> str:
    return " ".join(f"{100 * share:.1f}" for share in shares)


if __name__ == "__main__":
    main()
