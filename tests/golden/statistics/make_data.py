"""Writes the seeded inputs of the statistics goldens: balanced.csv, incomplete.csv, areas.csv and p_values.csv."""

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def main() -> None:
    """Write all files; equal on every machine."""
    rng = np.random.default_rng(20261124)
    _write("balanced.csv", _rows(rng, cells=4, scenarios=12, judges=2, keep=1.0))
    _write("incomplete.csv", _rows(rng, cells=5, scenarios=26, judges=3, keep=0.55))
    _write("areas.csv", _rows(rng, cells=3, scenarios=24, judges=1, keep=1.0))
    with (HERE / "p_values.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["p"], *([f"{p:.12g}"] for p in rng.uniform(0, 0.1, 9))])


def _rows(
    rng: np.random.Generator, *, cells: int, scenarios: int, judges: int, keep: float
) -> list[tuple[int, int, int, int, float]]:
    hard = rng.normal(0, 0.6, scenarios)
    mild = rng.normal(0, 0.3, judges)
    rows = []
    for cell in range(cells):
        for scenario in range(scenarios):
            for judge in range(judges):
                y = 3 + 0.25 * cell + hard[scenario] + mild[judge] + rng.normal(0, 0.5 + 0.1 * cell)
                if rng.random() < keep:
                    rows.append((cell, scenario, judge, scenario % 3, round(float(y), 6)))
    return rows


def _write(name: str, rows: list[tuple[int, int, int, int, float]]) -> None:
    with (HERE / name).open("w", newline="") as file:
        csv.writer(file).writerows([("cell", "scenario", "judge", "area", "y"), *rows])


if __name__ == "__main__":
    main()
