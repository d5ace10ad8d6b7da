"""Takes items out to judges and scores back in."""

from pathlib import Path
from typing import NamedTuple

from core.benchmark.records import raters_of
from resources.bench_context import BenchContext
from resources.collect.judges import record_judges
from resources.judging.export_files import answer_file
from resources.judging.import_export import open_exports
from resources.judging.receiving.offers import Settled, offer, settled
from resources.lake.leaderboards import read_published
from resources.steps.chain import EXPORT, PUBLISH
from wiring.operations.chain import CommandChain


class OpenExport(NamedTuple):
    """A judge's open items; `folder` is their last folder, None if there never was one.

    `answers` is the file to write there, None where nothing is open. `pending` were never judged, `anchors` are shown
    again.
    """

    judge: str
    kind: str
    pending: int
    anchors: int
    folder: str | None
    answers: str | None


def export_items(bench: BenchContext, name: str, judges: tuple[str, ...], chain: CommandChain) -> bool:
    """Write a folder for each recorded judge with open items, and record new judges; return whether all checks passed.

    A new judge changes what is pending, so what is published is published anew.
    """
    new = record_judges(bench, chain.spec.experiment, judges)
    passed = chain.run(EXPORT)
    if new and read_published(bench.home, name):
        passed = chain.run(PUBLISH) and passed
    return passed


def exports_of(bench: BenchContext, name: str) -> list[OpenExport]:
    """Return a row for each judge who is no program."""
    state = bench.on_record(name)
    kinds, rows = raters_of(state.records), []
    for judge, export in open_exports(bench, state.pinned(), state.records).items():
        folder = export.folder
        answers = folder / answer_file(kinds[judge]) if folder is not None and export.open else None
        paths = (str(path) if path else None for path in (folder, answers))
        rows.append(OpenExport(judge, kinds[judge], export.pending, export.anchors, *paths))
    return rows


def import_answers(bench: BenchContext, file: Path, judge: str | None, chain: CommandChain) -> tuple[Settled, bool]:
    """Import the file and publish; return what became of it, and whether all checks passed."""
    offered = offer(bench, chain.spec, file, judge)
    passed = chain.run(PUBLISH)
    return settled(bench, chain.spec, offered), passed
