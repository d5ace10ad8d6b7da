"""`tipbench export` and `import`: items out to a judge, scores back in."""

from pathlib import Path

import click

from core.benchmark.records import judges_of, parse_judge
from resources.bench_context import BenchContext
from resources.collect.launch import record_judges
from resources.judging.export_files import answer_file
from resources.judging.import_export import offer, open_exports, settled
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec, read_records
from resources.steps.chain import EXPORT, PUBLISH
from wiring.cli.benchmark.chain import chain_of
from wiring.cli.benchmark.ending import show_import, show_leaderboard
from wiring.cli.context import bench_context_of, judge_option, name_argument
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE, WRONG_INPUT


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
    pinned_spec(bench.home, name)
    new = record_judges(bench, name, judges)
    with chain_of(bench, name) as chain:
        passed = chain.run(EXPORT)
        if new and read_published(bench.home, name):  # a new judge changes what is pending
            passed = chain.run(PUBLISH) and passed
        _show_folders(bench, name, judges)
        return DONE if passed else CHECK_FAILED


def _show_folders(bench: BenchContext, name: str, judges: tuple[str, ...]) -> None:
    named = {parse_judge(text)[0] for text in judges}
    kinds = judges_of(read_records(bench.home, name))
    for judge, kind in kinds.items():
        if kind == "program" and judge in named:
            say(f"{judge}: a program, which scores inside the run and gets no folder")
    for judge, export in open_exports(bench, pinned_spec(bench.home, name)).items():
        if named and judge not in named:
            continue
        again = f" and {export.anchors} to judge again" if export.anchors else ""
        folder = export.folder or "no folder, nothing was ever exported"
        say(f"{judge}: {export.pending} pending{again}, {folder}")
        if export.folder is not None and export.open:
            show_import(name, export.folder / answer_file(kinds[judge]))


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
    spec = pinned_spec(bench.home, name)
    offered = offer(bench, spec, file, judge)
    with chain_of(bench, name) as chain:
        passed = chain.run(PUBLISH)
        outcome = settled(bench, spec, offered)
        say(outcome.sentence, err=not outcome.taken)
        if not outcome.taken:
            return WRONG_INPUT
        show_leaderboard(bench, spec)
        return DONE if passed else CHECK_FAILED
