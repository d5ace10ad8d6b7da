"""Keywords of the interface, for type checkers: `make schema` prints them from the records of the options."""

from collections.abc import Sequence
from typing import Literal, TypedDict


class OptionKeywords(TypedDict, total=False):
    """The options of a benchmark; one that is left out is decided by the pin or the default."""

    models: Sequence[str] | None
    prompts: Sequence[str] | None
    n_tips: int | None
    n_scenarios: int | None
    temperature: float | None
    max_model_b: float | None
    seed: int | None
    rubric: str | None
    baseline: str | None
    failures: Literal["worst", "excluded"] | None
    max_cost: float | None
    max_judge_cost: float | None
    anyway: bool | None
    extends: str | None
    anchors: float | None


class LimitKeywords(TypedDict, total=False):
    """The limits of `checks` for one cell; one that is left out is that of tipbench.toml."""

    cell: str | None
    min_score: float | None
    max_failures: float | None
    max_p95_ms: float | None
    max_cost_per_1k: float | None
    against: str | None
    max_drop: float | None
