"""What `run`, `adopt`, `demo` and `import` print at their end: the result and what to do next."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from core.benchmark.model import Model
from core.benchmark.records import judges_of
from core.benchmark.spec import Spec
from core.sanitize import visible
from resources.bench_context import BenchContext
from resources.collect.collector import Collected
from resources.collect.model_changes import reached_today
from resources.judging.export_files import answer_file
from resources.judging.import_export import open_exports
from resources.lake.candidates import select_candidates, text_counts
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec, read_records
from resources.scoring.checking import run_checks
from wiring.cli.context import next_command
from wiring.cli.output import leaderboard_table
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, PARTIAL

SHOWN_REASONS = 3


def show_collected(collected: Collected) -> None:
    """Print how collecting went."""
    taken = f", {collected.taken_over} taken over" if collected.taken_over else ""
    cut = f", {collected.cut} cut off by max_tokens" if collected.cut else ""
    say(
        f"{collected.done} of {collected.expected} generations are final{taken}, {collected.failed} failed or refused"
        f"{cut}, {collected.cost:.6g} USD spent"
    )
    if twice := collected.paid_twice():
        say(twice)


def show_failures(bench: BenchContext, name: str) -> None:
    """Print the most frequent reasons of failed generations, so that a wrong key or address is seen at once."""
    rows = select_candidates(bench.home, name, {"outcome": "failed"}, None)
    reasons = Counter((row["model"], row["error"] or "no reason") for row in rows)
    for (model, error), count in reasons.most_common(SHOWN_REASONS):
        say(f"failed: {count} × {model}: {visible(error)}")


def ending_code(bench: BenchContext, name: str, collected: Collected | None) -> int:
    """Print why nothing was published; return the exit code: generations are left, or a check has failed."""
    if collected is not None and collected.left:
        say(f"tipbench: {visible(collected.sentence())}; nothing new is published", err=True)
        where = where_set_up(reached_today(bench, pinned_spec(bench.home, name).models), collected.stopped_models)
        again = f"correct {where}, then run" if collected.misconfigured else "run"
        command = next_command("run", name)
        say(f"{again} the same command again to go on: {command} (or --accept-failures)", err=True)
        return PARTIAL
    for result in run_checks(bench, name):
        if not result.passed and result.severity == "error":
            say(f"tipbench: check {result.name} failed: {result.message}", err=True)
    return CHECK_FAILED


def where_set_up(models: Sequence[Model], stopped: Collection[str]) -> str:
    """Return where those of `models` that stopped are set up: the catalog file and the variables of their keys."""
    wrong = [model for model in models if model.name in stopped]
    variables = {model.endpoint.key_env for model in wrong if model.endpoint and model.endpoint.key_env}
    entries = "their entries" if len(wrong) > 1 else "its entry"
    keys = f" or the key in {', '.join(sorted(variables))}" if variables else ""
    return f"{entries} in catalog/models.toml{keys}"


def show_leaderboard(bench: BenchContext, spec: Spec) -> None:
    """Print the published leaderboard, and where its report is."""
    published = read_published(bench.home, spec.experiment)
    if published is None:
        return
    leaderboard_table(published.rows, text_counts(bench.home, spec), published.notes())
    say(f"report: {published.folder / 'report.html'}")


def show_exports(bench: BenchContext, spec: Spec) -> None:
    """Print each judge's open folder, and the command that takes the answers back."""
    kinds = judges_of(read_records(bench.home, spec.experiment))
    for judge, export in open_exports(bench, spec).items():
        if export.folder is None or not export.open:
            continue
        say(f"\n{judge} ({kinds[judge]}) has {export.in_words()} in {export.folder}")
        say("  hand over that folder; INSTRUCTIONS.md says everything, then take the answers back with")
        show_import(spec.experiment, export.folder / answer_file(kinds[judge]))


def show_import(name: str, answers: Path) -> None:
    """Print the command that takes back the file that a judge writes."""
    say(f"  {next_command('import', name, str(answers))}")
