"""`tipbench export` and `import`: items out to a judge, scores back in."""

from pathlib import Path

import click

from core.benchmark.records import parse_judge, raters_of
from resources.bench_context import BenchContext
from wiring.cli.benchmark.ending import show_import, show_leaderboard
from wiring.cli.context import bench_context_of, judge_option, name_argument, warn
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE, WRONG_INPUT
from wiring.operations.chain import chain_of
from wiring.operations.judging import export_items, exports_of, import_answers


@click.command("export")
@name_argument
@judge_option
@click.pass_context
def export_command(ctx: click.Context, name: str, judges: tuple[str, ...]) -> int:
    """Write the folder of items that a judge has not answered yet; without --judge for every recorded judge.

    A judge named for the first time is recorded, as human unless --judge ID=KIND says otherwise. With nothing pending
    no folder is made and the last one is named.
    """
    bench = bench_context_of(ctx)
    with chain_of(bench, name, warn) as chain:
        passed = export_items(bench, name, judges, chain)
        _show_folders(bench, name, judges)
        return DONE if passed else CHECK_FAILED


def _show_folders(bench: BenchContext, name: str, judges: tuple[str, ...]) -> None:
    named = {parse_judge(text)[0] for text in judges}
    for judge, kind in raters_of(bench.on_record(name).records).items():
        if kind == "program" and judge in named:
            say(f"{judge}: a program, which scores inside the run and gets no folder")
    for export in exports_of(bench, name):
        if named and export.judge not in named:
            continue
        again = f" and {export.anchors} to judge again" if export.anchors else ""
        folder = export.folder or "no folder, nothing was ever exported"
        say(f"{export.judge}: {export.pending} pending{again}, {folder}")
        if export.answers is not None:
            show_import(name, Path(export.answers))


@click.command("import")
@name_argument
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--judge", metavar="ID", help="Whose scores these are; must match the items, which say so anyway.")
@click.pass_context
def import_command(ctx: click.Context, name: str, file: Path, judge: str | None) -> int:
    """Take the scores in FILE (JSONL or CSV; - is standard input), all or none, and publish the leaderboard.

    The same file again changes nothing; a later file's answer for an item supersedes the earlier one. What is wrong is
    listed with line numbers, and the file is kept with a report under the inbox's rejected folder.
    """
    bench = bench_context_of(ctx)
    spec = bench.on_record(name).pinned()
    with chain_of(bench, name, warn, spec) as chain:
        outcome, passed = import_answers(bench, file, judge, chain)
        say(outcome.sentence, err=not outcome.taken)
        if not outcome.taken:
            return WRONG_INPUT
        show_leaderboard(bench, spec)
        return DONE if passed else CHECK_FAILED
