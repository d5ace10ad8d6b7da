"""What shapes an adoption in addition to the files themselves."""

import msgspec

from core.benchmark.records import JudgeKind
from core.benchmark.spec import Failures


class AdoptOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Part of an adoption's identity.

    `renames` are the files' names for our columns, `sets` the values of columns that are the same in all rows, `labels`
    other names for models and prompts, by column and label; with `without_scores` the texts alone are taken.
    """

    renames: dict[str, str] = {}
    sets: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    judge_kinds: dict[str, JudgeKind] = {}
    judges: dict[str, JudgeKind] = {}
    failures: Failures = "worst"
    baseline: str | None = None
    seed: int = 0
    without_scores: bool = False
