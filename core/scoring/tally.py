"""The tally: what each shown judge gave each cell in each scenario and what failed there; all that estimators see."""

from dataclasses import dataclass

import numpy as np

from core.benchmark.spec import Failures
from core.estimate.design import Floats, Ints
from core.judging.rubric import Rubric


@dataclass(frozen=True, eq=False)
class Tally:
    """N rows of (cell, scenario, judge) with at least one scored tip, and dense (K cells, G scenarios) counts of tips.

    `sums` (N, C) adds the values of each criterion but gates, in rubric units, over `scored` (N) tips; `gates` (Q, K,
    G) has the verdicts of `gate_shares`, None without a gate; `unscorable` (K, G) counts (tip, judge) pairs.
    `misconfigured` counts generations whose model could not be asked, `cut_off` texts that end where their tokens did.
    `without_score` (K, G) counts the pending (tip, judge) pairs that model judges could not score, None without any.
    `within_items` (2, K) sums the variances of repeated answers to one item, and counts those items; None without any.
    """

    cell: Ints
    scenario: Ints
    judge: Ints
    scored: Ints
    sums: Floats
    unscorable: Ints
    texts: Ints
    failed: Ints
    refused: Ints
    misconfigured: Ints
    cut_off: Ints
    judges: tuple[str, ...]
    gates: Floats | None = None
    without_score: Ints | None = None
    within_items: Floats | None = None

    def missed(self) -> Ints:
        """Return (K, G) counts of generations that gave no text and count as failures.

        A cell all of whose generations are misconfigured was never tried: there they count for nothing.
        """
        tried = (self.texts + self.failed + self.refused).sum(axis=1, keepdims=True) > 0
        return self.failed + self.refused + np.where(tried, self.misconfigured, 0)

    def noise(self, cell: int | None = None) -> float | None:
        """Return the sd of a judge's answers to one and the same item, in rubric units, of one cell or of all.

        It is the root of the mean variance within items; None without repeated answers.
        """
        if self.within_items is None:
            return None
        total, items = self.within_items.sum(axis=1) if cell is None else self.within_items[:, cell]
        return float(np.sqrt(total / items)) if items else None

    def within(self, scenarios: Ints) -> "Tally":
        """Return the tally of these scenarios only, numbered in the order given; itself if these are all, in order."""
        if np.array_equal(scenarios, np.arange(self.texts.shape[1])):
            return self
        place = np.full(self.texts.shape[1], -1)
        place[scenarios] = np.arange(len(scenarios))
        rows = place[self.scenario] >= 0
        return Tally(
            self.cell[rows],
            place[self.scenario[rows]],
            self.judge[rows],
            self.scored[rows],
            self.sums[rows],
            self.unscorable[:, scenarios],
            self.texts[:, scenarios],
            self.failed[:, scenarios],
            self.refused[:, scenarios],
            self.misconfigured[:, scenarios],
            self.cut_off[:, scenarios],
            self.judges,
            None if self.gates is None else self.gates[:, :, scenarios],
            None if self.without_score is None else self.without_score[:, scenarios],
        )


@dataclass(frozen=True)
class Means:
    """One mean a (cell, scenario, judge): `y` (N, 1 + C), composite first, 0 at the scale's low and 1 at its high."""

    cell: Ints
    scenario: Ints
    judge: Ints
    y: Floats


def means(tally: Tally, rubric: Rubric, policy: Failures) -> Means:
    """Return means over tips; under `worst` a failed or refused tip counts as the low for each judge of that scenario.

    A judge counts for a scenario once one of its items in any cell has a score; where none has, failures do not count
    yet.
    """
    span = rubric.scale.high - rubric.scale.low
    cell, scenario, judge = tally.cell, tally.scenario, tally.judge
    counts = tally.scored.astype(np.float64)
    sums = (tally.sums - rubric.scale.low * counts[:, None]) / span
    if policy == "worst":
        missed = tally.missed()
        counts = counts + missed[cell, scenario]
        extra = _only_failures(tally, missed)
        cell, scenario, judge = (np.concatenate(pair) for pair in zip((cell, scenario, judge), extra, strict=True))
        counts = np.concatenate([counts, np.ones(len(extra[0]))])
        sums = np.vstack([sums, np.zeros((len(extra[0]), sums.shape[1]))])
    criteria = sums / counts[:, None]
    weights = np.array(rubric.weights)
    composite = criteria @ weights / weights.sum()
    return Means(cell, scenario, judge, np.column_stack([composite, criteria]))


def _only_failures(tally: Tally, missed: Ints) -> tuple[Ints, Ints, Ints]:
    """Return (cell, scenario, judge) with failures and no scored tip, for judges who scored that scenario elsewhere."""
    n_cells, n_scenarios = missed.shape
    active = np.zeros((n_scenarios, len(tally.judges)), bool)
    active[tally.scenario, tally.judge] = True
    answered = np.zeros((n_cells, n_scenarios, len(tally.judges)), bool)
    answered[tally.cell, tally.scenario, tally.judge] = True
    cell, scenario, judge = np.nonzero((missed > 0)[:, :, None] & active[None] & ~answered)
    return cell, scenario, judge
