"""The actions of the interface: what commands do, with an error where a command has an exit code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.benchmark.records import parse_judge
from core.benchmark.spec import Failures
from core.sanitize import visible
from kit.regular_files import NotAFile
from resources.adoption.adopt import Adoption
from resources.adoption.file_reader import USUAL_LIMITS, RowLimits
from resources.bench_context import BenchContext
from resources.lake.leaderboards import read_published
from resources.steps.chain import BENCHMARK
from tipbench.errors import Error
from tipbench.frames import frame
from tipbench.published import Published
from wiring.exit_codes import CHECK_FAILED, WRONG_INPUT
from wiring.operations.adopting import adopt_files
from wiring.operations.chain import chain_of
from wiring.operations.ending import collected_in_words, failed_checks, why_unpublished
from wiring.operations.judging import OpenExport, export_items, exports_of, import_answers
from wiring.operations.launching import PinnedLaunch, launch_benchmark, run_benchmark
from wiring.operations.options import options_of

if TYPE_CHECKING:
    import pandas as pd

Warn = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Shaping:
    """What shapes an adoption beside the files and the rubric; the fields are those of `adopt_files`."""

    renames: Mapping[str, str]
    sets: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    judge_kinds: Mapping[str, str]
    judges: Sequence[str]
    failures: Failures
    baseline: str | None
    seed: int
    without_scores: bool
    limits: RowLimits


def row_limits(rows: int | None, row_mb: int | None) -> RowLimits:
    """Return the limits of a file of outputs; None stands for the usual number."""
    usual = USUAL_LIMITS
    return RowLimits(usual.rows if rows is None else rows, usual.row_bytes if row_mb is None else row_mb << 20)


def launch(
    bench: BenchContext, name: str, options: Mapping[str, Any], judges: tuple[str, ...], *, retry: bool
) -> PinnedLaunch:
    """Return the launch, pinned or agreed with; raise OptionError for a keyword that is no option."""
    return launch_benchmark(bench, name, options_of(options), judges, retry=retry)


def run(bench: BenchContext, launched: PinnedLaunch, warn: Warn, *, accept: bool, retry: bool) -> Published:
    """Run what was launched; raise Error where nothing new is published."""
    name = launched.spec.experiment
    with chain_of(bench, name, warn, launched.spec) as chain:
        passed = run_benchmark(bench, name, chain, accept=accept, retry=retry)
    collected = chain.result.collected
    if not passed:
        why = why_unpublished(bench, name, collected)
        again = f"\ncorrect {why.correct}, then run the same again" if why.correct else "\nrun the same again"
        more = "" if why.correct is None else f"{again} to go on, or with accept_failures=True"
        raise Error("; ".join(why.reasons) + more, why.code)
    return _publication(bench, name, launched.notes + (collected_in_words(bench, name, collected) if collected else []))


def adopt(bench: BenchContext, name: str, files: Sequence[Path], shaping: Shaping, rubric: Path | None) -> Adoption:
    """Adopt the files; raise NotAFile for one that is not there."""
    paths = [_existing(file) for file in files]
    of = _existing(rubric) if rubric is not None else None
    return adopt_files(bench, name, paths, rubric=of, **vars(shaping))


def publish_adopted(bench: BenchContext, adopted: Adoption, warn: Warn) -> Published:
    """Publish the leaderboard of what was adopted; raise Error if a check failed."""
    name = adopted.spec.experiment
    with chain_of(bench, name, warn, adopted.spec) as chain:
        passed = chain.run(BENCHMARK)
    _refuse_failed(bench, name, passed=passed)
    return _publication(bench, name, [visible(note) for note in adopted.notes])


def export(bench: BenchContext, name: str, judges: tuple[str, ...], warn: Warn) -> "pd.DataFrame":
    """Write the folders and return a row for each judge, or for each of `judges`; raise Error if a check failed."""
    with chain_of(bench, name, warn) as chain:
        passed = export_items(bench, name, judges, chain)
    _refuse_failed(bench, name, passed=passed)
    named = {parse_judge(text)[0] for text in judges}
    rows = [row._asdict() for row in exports_of(bench, name) if not named or row.judge in named]
    return frame(rows, OpenExport._fields)


def import_scores(bench: BenchContext, name: str, file: Path, judge: str | None, warn: Warn) -> Published:
    """Import a file of scores; raise Error if it is not taken or a check failed."""
    path = _existing(file)
    with chain_of(bench, name, warn) as chain:
        outcome, passed = import_answers(bench, path, judge, chain)
    if not outcome.taken:
        raise Error(outcome.sentence, WRONG_INPUT)
    _refuse_failed(bench, name, passed=passed)
    return _publication(bench, name, [outcome.sentence])


def _existing(file: Path) -> Path:
    """Return the file by its whole path; raise NotAFile if there is none."""
    path = file.expanduser().absolute()
    if not path.exists():
        raise NotAFile(f"{file} does not exist: name a file that is there", ("file",))
    return path


def _refuse_failed(bench: BenchContext, name: str, *, passed: bool) -> None:
    if not passed:
        raise Error("; ".join(failed_checks(bench, bench.on_record(name).pinned())), CHECK_FAILED)


def _publication(bench: BenchContext, name: str, notes: Sequence[str]) -> Published:
    published = read_published(bench.home, name)
    return Published(name, tuple(notes), Path(published.place("report.html")) if published else None)
