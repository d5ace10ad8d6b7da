"""Checks what shapes an adoption, and publishes what was adopted."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.benchmark.options import OptionError, validate_options
from core.benchmark.records import JudgeKind, judge_kind, parse_judge
from core.benchmark.spec import Failures, Options
from resources.adoption.adopt import Adoption, adopt
from resources.adoption.columns import SETTABLE
from resources.adoption.file_reader import USUAL_LIMITS, RowLimits
from resources.adoption.labels import is_name
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext


def adopt_files(
    bench: BenchContext,
    name: str,
    files: Sequence[Path],
    *,
    renames: Mapping[str, str],
    sets: Mapping[str, str],
    labels: Mapping[str, Mapping[str, str]],
    judge_kinds: Mapping[str, str],
    judges: Sequence[str],
    failures: Failures,
    baseline: str | None,
    seed: int,
    without_scores: bool,
    rubric: Path | None,
    limits: RowLimits = USUAL_LIMITS,
) -> Adoption:
    """Adopt the outputs in `files`, the pin last; raise OptionError for what cannot be set, and what `adopt` raises."""
    validate_options(name, Options(failures=failures, baseline=baseline, seed=seed))
    for column in sets:
        if column not in SETTABLE:
            raise OptionError(f"set {column}: name one of {', '.join(SETTABLE)}", ("set",))
    for column, names in labels.items():
        if column not in {"model", "prompt"}:
            raise OptionError(f"rename {column}: use model or prompt", ("rename",))
        for new in names.values():
            if not is_name(new, slash=column == "model"):
                raise OptionError(f"rename {new!r}: a {column}'s name has 1 to 200 printable characters", ("rename",))
    parsed = [parse_judge(text) for text in judges]
    options = AdoptOptions(
        renames=dict(renames),
        sets=dict(sets),
        labels={column: dict(names) for column, names in labels.items()},
        judge_kinds=_kinds(judge_kinds),
        judges={judge: judge_kind(judge, kind, {}) for judge, kind in parsed},
        failures=failures,
        baseline=baseline,
        seed=seed,
        without_scores=without_scores,
    )
    return adopt(bench, name, files, options, rubric, limits)


def _kinds(given: Mapping[str, str]) -> dict[str, JudgeKind]:
    found = {judge: parse_judge(f"{judge}={text}")[1] for judge, text in given.items()}
    return {judge: kind for judge, kind in found.items() if kind}
