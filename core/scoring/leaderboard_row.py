"""One row of the leaderboard, exactly as contracts and files carry it."""

import msgspec


class Estimate(msgspec.Struct, frozen=True, omit_defaults=True):
    """A point with its 95 % interval, in rubric units; None where it is not known.

    Of a `gate` it is the share of scenarios, 0 to 1, that pass, of the `n` in which it was answered.
    """

    score: float | None
    low: float | None
    high: float | None
    gate: bool = False
    n: int | None = None


class LeaderboardRow(msgspec.Struct, frozen=True, kw_only=True):
    """A (model, prompt) cell, or a slice of one; docs/statistics.md says how each number is made. None is not known.

    `title` is the label that the cell came with, where its model or prompt got another name.
    """

    model: str
    prompt: str
    title: str | None = None
    judge_kind: str | None
    score: float | None
    low: float | None
    high: float | None
    rank_low: int | None
    rank_high: int | None
    diff: float | None
    diff_low: float | None
    diff_high: float | None
    diff_sim_low: float | None
    diff_sim_high: float | None
    p_holm: float | None
    criteria: dict[str, Estimate]
    n_scenarios: int
    n_scenarios_missing: int = 0
    n_judges: int
    n_scored: int
    n_pending: int
    n_failed: int
    n_refused: int
    n_misconfigured: int
    n_cut: int
    n_unscorable: int
    n_judge_failed: int = 0
    judge_noise: float | None = None
    coverage: float
    provisional: bool
    marks: tuple[str, ...]
    mean_length: float | None
    tokens: float | None
    cost_per_1k: float | None
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    data_hash: str


class SliceRow(LeaderboardRow, frozen=True, kw_only=True):
    """A leaderboard row over the scenarios of one area or locale; `slice_value` is None for scenarios without one.

    `p_bh` is the p of the difference, adjusted by Benjamini and Hochberg over the whole table of the slice.
    """

    slice: str
    slice_value: str | None
    p_bh: float | None = None
