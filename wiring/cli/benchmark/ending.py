"""What `run`, `adopt`, `demo` and `import` print at their end: the result and what to do next."""

from pathlib import Path

from core.benchmark.records import raters_of
from core.benchmark.spec import Spec
from core.sanitize import visible
from resources.bench_context import BenchContext
from resources.judging.export_files import answer_file
from resources.judging.exports import last_export
from resources.judging.import_export import open_exports
from resources.lake.candidates import text_counts
from resources.lake.leaderboards import read_published
from resources.steps.result import StepResult
from wiring.cli.context import next_command
from wiring.cli.output import leaderboard_table
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE, PARTIAL
from wiring.operations.ending import collected_in_words, why_unpublished


def show_collected(bench: BenchContext, name: str, collected: StepResult) -> None:
    """Print how collecting went."""
    for line in collected_in_words(bench, name, collected):
        say(line)


def ending_code(bench: BenchContext, name: str, collected: StepResult | None) -> int:
    """Print why nothing was published; return the exit code: generations are left, or a check has failed."""
    why = why_unpublished(bench, name, collected)
    for reason in why.reasons:
        say(f"tipbench: {reason}", err=True)
    if why.correct is not None:
        again = f"correct {why.correct}, then run" if why.correct else "run"
        command = next_command("run", name)
        say(f"{again} the same command again to go on: {command} (or --accept-failures)", err=True)
    return why.code


def left_code(name: str, collected: StepResult) -> int:
    """Print what a judge left open where the board does not wait for it, or what stops it; return the exit code."""
    if collected.refused:
        say(f"tipbench: {visible(collected.refused)}", err=True)
    if not collected.left:
        return CHECK_FAILED if collected.refused else DONE
    say(f"tipbench: {visible(collected.left)}", err=True)
    say(f"run the same command again to go on: {next_command('run', name)} (or --accept-failures)", err=True)
    return PARTIAL


def show_leaderboard(bench: BenchContext, spec: Spec) -> None:
    """Print the published leaderboard, and where its report is."""
    published = read_published(bench.home, spec.experiment)
    if published is None:
        return
    leaderboard_table(published.rows, text_counts(bench.home, spec), published.notes())
    say(f"report: {published.place('report.html')}")


def show_exports(bench: BenchContext, spec: Spec) -> None:
    """Print each judge's open folder, and the command that takes the answers back."""
    records = bench.on_record(spec.experiment).records
    kinds = raters_of(records)
    if not any(last_export(bench.home, spec.experiment, judge) for judge in kinds):
        return
    for judge, export in open_exports(bench, spec, records).items():
        if export.folder is None or not export.open:
            continue
        say(f"\n{judge} ({kinds[judge]}) has {export.in_words()} in {export.folder}")
        say("  hand over that folder; INSTRUCTIONS.md says everything, then take the answers back with")
        show_import(spec.experiment, export.folder / answer_file(kinds[judge]))


def show_import(name: str, answers: Path) -> None:
    """Print the command that takes back the file that a judge writes."""
    say(f"  {next_command('import', name, str(answers))}")
