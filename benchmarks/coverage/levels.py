"""How often the interval of a level holds the true mean, and how wide it is beside Student's t."""

from dataclasses import dataclass

import numpy as np

from benchmarks.coverage.populations import Drawn, Floats, Ints, Population, rows
from core.estimate.crowded import Flags, reaches
from core.estimate.design import fit, make_design
from core.estimate.levels import Areas, Levels, levels
from core.estimate.resampling import ZERO
from core.estimate.student import t_quantile
from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.cell_levels import cell_levels
from core.scoring.fitted_means import FittedMeans

BATCH = 500
RUBRIC = Rubric("r", "1", Scale(0, 1), (Criterion("c", "c", 1.0),))


@dataclass(frozen=True)
class Intervals:
    """Of R experiments and K cells (R, K): the limits and those of t alone, nan where none; `marked` as crowded."""

    low: Floats
    high: Floats
    t_low: Floats
    t_high: Floats
    marked: Flags


@dataclass(frozen=True)
class Coverage:
    """By cell (K), in shares: of the experiments with an interval, and `none` and `marked` of all of them.

    `below` and `above` say on which side of its interval the truth lies; `error` is the Monte Carlo error of `covered`.
    `width` is the mean width over that of t, both cut at the ends of the scale.
    """

    covered: Floats
    error: Floats
    by_t: Floats
    below: Floats
    above: Floats
    width: Floats
    none: Floats
    marked: Floats


def coverage(population: Population, scenarios: int, runs: int, seed: int = 0) -> Coverage:
    """Return the coverage of nominal 95 % intervals over `runs` experiments."""
    rng = np.random.default_rng([seed, scenarios])
    parts = []
    for start in range(0, runs, BATCH):
        drawn = population(rng, min(BATCH, runs - start), scenarios)
        found = by_closed_form(drawn) if not np.isnan(drawn.values).any() else by_least_squares(drawn)
        parts.append((found, drawn.truth))
    truth = np.concatenate([true for _, true in parts])
    low, high, t_low, t_high, marked = (
        np.concatenate([getattr(found, name) for found, _ in parts])
        for name in ("low", "high", "t_low", "t_high", "marked")
    )
    given = ~np.isnan(low)
    count = given.sum(axis=0)
    with np.errstate(invalid="ignore"):
        below, above = ((given & missed).sum(axis=0) / count for missed in (truth < low, truth > high))
        by_t = (given & (truth >= t_low) & (truth <= t_high)).sum(axis=0) / count
        width = np.nansum(high - low, axis=0) / np.nansum(t_high - t_low, axis=0)
        covered = 1 - below - above
        error = np.sqrt(covered * (1 - covered) / count)
    return Coverage(covered, error, by_t, below, above, width, 1 - count / runs, marked.mean(axis=0))


def by_closed_form(drawn: Drawn) -> Intervals:
    """Return the intervals of experiments without a hole, where a level is the mean of scenario means."""
    means = drawn.values.mean(axis=3)
    runs, cells, g = means.shape
    level = means.mean(axis=2)
    codes = np.zeros(g, np.int64) if drawn.areas is None else drawn.areas
    squares, cubes, variance = np.zeros((3, runs, cells))
    for area in range(codes.max() + 1):
        part = means[:, :, codes == area] / g
        about = part - part.mean(axis=2, keepdims=True)
        n = part.shape[2]
        squares += (about**2).sum(axis=2)
        cubes += (about**3).sum(axis=2)
        variance += n / (n - 1) * (about**2).sum(axis=2)
    skewness = np.divide(cubes, squares**1.5, out=np.zeros_like(cubes), where=squares > ZERO**2)
    df = np.full((runs * cells, 1), float(g - 1 - codes.max()))
    found = Levels(level.reshape(-1, 1), np.sqrt(variance).reshape(-1, 1), df, skewness.reshape(-1, 1), df[:, 0] >= 4)
    ends = ((drawn.values <= ZERO) | (drawn.values >= 1 - ZERO)).all(axis=(2, 3)).reshape(-1, 1)
    got = reaches(found, found.estimate, np.full(runs * cells, float(g)), ends)
    spread = found.se > ZERO
    t = t_quantile(df[0, 0], 0.975) * found.se
    limits = (found.estimate - got.below, found.estimate + got.above, found.estimate - t, found.estimate + t)
    low, high, t_low, t_high = (np.where(spread, np.clip(limit, 0, 1), np.nan).reshape(runs, cells) for limit in limits)
    return Intervals(low, high, t_low, t_high, got.crowded.reshape(runs, cells))


def by_least_squares(drawn: Drawn) -> Intervals:
    """Return the intervals of the leaderboard's own code, an experiment at a time."""
    found = [_of_one(values, drawn.areas) for values in drawn.values]
    return Intervals(*(np.array(column) for column in zip(*found, strict=True)))


def _of_one(values: Floats, areas: Ints | None) -> tuple[Floats, Floats, Floats, Floats, Flags]:
    """Return low, high, both of t alone, and the marks of the cells of one experiment (K, G, J)."""
    cell, scenario, judge, y = rows(values)
    cells, cell = np.unique(cell, return_inverse=True)
    scenarios, scenario = np.unique(scenario, return_inverse=True)
    judge = np.unique(judge, return_inverse=True)[1]
    design = make_design(cell, scenario, judge)
    got = FittedMeans(cells, scenarios, cell, scenario, judge, y[:, None], design, fit(design, y[:, None]))
    found = cell_levels(got, RUBRIC, areas, np.ones(len(cells), np.bool_))
    level = levels(design, got.fit, None if areas is None else Areas(np.bincount(areas), areas[scenarios]))
    limits = np.full((4, len(values)), np.nan)
    marked = np.zeros(len(values), np.bool_)
    for place, (code, own) in enumerate(zip(cells, found, strict=True)):
        marked[code] = "crowded" in own.marks
        if own.score.score is None or own.score.low is None or own.score.high is None:
            continue
        t = float(t_quantile(level.df[place, 0], 0.975) * level.se[place, 0])
        point = own.score.score
        limits[:, code] = own.score.low, own.score.high, max(point - t, 0.0), min(point + t, 1.0)
    return (*limits, marked)
