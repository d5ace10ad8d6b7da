"""The pin and the records of an experiment are read once a request, however many locks it takes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from contracts.paging import PageRequest
from core.benchmark.records import JudgeRecord, raters_of
from core.benchmark.spec import Options
from resources.admin.experiments import LakeExperiments
from resources.bench_context import BenchContext
from resources.catalog import KINDS, Layer
from resources.home import Home
from resources.lake.experiments import list_experiments
from resources.lake.specs import add_records
from tests.killed_steps import ROOT, bare_bench
from tests.opened_files import counting_opened
from tests.resources.conftest import NoTracker
from tipbench import listings
from wiring.operations.chain import CommandChain
from wiring.operations.judging import export_items, exports_of, import_answers
from wiring.operations.launching import launch_benchmark, run_benchmark

NAME = "tip-bench-read"
JUDGES = ("anna=human", "heuristics=program")


@dataclass(frozen=True)
class Read:
    """An experiment that was run once, and the contents of an answer file of its human judge."""

    bench: BenchContext
    """The context of one request."""
    answers: Path

    def chain(self) -> CommandChain:
        """Return a chain of commands that is never finished: nothing is mirrored or recorded."""
        return CommandChain(self.bench, NAME, lambda _: None)

    def run(self, *judges: str) -> None:
        """Run it again, as `tipbench run` does."""
        launched = launch_benchmark(self.bench, NAME, Options(), judges)
        run_benchmark(self.bench, NAME, CommandChain(self.bench, NAME, lambda _: None, launched.spec))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A run of nine tips by one cell, which a program has judged and a person has not."""
    catalog = Layer("packaged", ROOT / "catalog", frozenset(KINDS))
    bench = replace(bare_bench(Home(tmp_path / "home")), layers=(catalog,), tracker=NoTracker())
    options = Options(
        models=("template",), prompts=("terse",), n_tips=1, n_scenarios=9, temperature=0.7, seed=1, rubric="tips"
    )
    launched = launch_benchmark(bench, NAME, options, JUDGES)
    run_benchmark(bench, NAME, CommandChain(bench, NAME, lambda _: None, launched.spec))
    found = Read(bench.for_request(), tmp_path / "answers.jsonl")
    found.answers.write_text("{}\n")  # rejected: the state is read as for one that is taken
    return found


def _admin(read: Read) -> LakeExperiments:
    return LakeExperiments(read.bench)


TAGS = 4
"""A query asks for tags of pin and records too, which are read as bytes until the files have settled."""
REQUESTS: dict[str, tuple[Callable[[Read], Any], int, int]] = {
    "experiments": (lambda read: list_experiments(read.bench.home), 1, 1),
    "leaderboard": (lambda read: listings.leaderboard(read.bench, NAME, None, None), 1, 1),
    "plan": (lambda read: listings.plan(read.bench, NAME, {}, retry=False), 1, 1),
    "checks": (lambda read: listings.checks(read.bench, NAME, {}), 1, 1),
    "exports": (lambda read: exports_of(read.bench, NAME), 1, 1),
    "query of a leaderboard": (lambda read: _admin(read).leaderboard(NAME, None, None, None), 1 + TAGS, 1 + TAGS),
    "query of computed rows": (
        lambda read: _admin(read).leaderboard(NAME, "heuristics", None, None),
        1 + TAGS,
        2 + TAGS,
    ),
    "query of experiments": (lambda read: _admin(read).page(PageRequest(first=9)), 1 + TAGS, 1 + TAGS),
    "query of one": (lambda read: _admin(read).by_names([NAME]), 1 + TAGS, 1 + TAGS),
    "run": (Read.run, 2, 2),  # and once under the lock: it may have been deleted and launched anew
    "run with one judge more": (lambda read: read.run("ben"), 2, 3),
    "export": (lambda read: export_items(read.bench, NAME, (), read.chain()), 1, 1),
    "export for one judge more": (lambda read: export_items(read.bench, NAME, ("ben",), read.chain()), 2, 3),
    "import": (lambda read: import_answers(read.bench, read.answers, None, read.chain()), 1, 1),
}
"""Each with the reads of pin and records: one, and after a change of its own, which opens them to write, one more."""


@pytest.mark.parametrize("request_", REQUESTS)
def test_what_is_on_record_is_read_once_and_passed_on(read: Read, request_: str) -> None:
    """No request reads the pin or the records more often than is said of it."""
    act, pins, records = REQUESTS[request_]
    with counting_opened() as opened:
        act(read)
    assert 0 < opened["spec.json"] <= pins
    assert 0 < opened["records.jsonl"] <= records


def test_what_others_add_meanwhile_is_seen(read: Read) -> None:
    """A line that is there at the next look is read; without one nothing is opened."""
    assert list(raters_of(read.bench.on_record(NAME).records)) == ["anna", "heuristics"]
    add_records(read.bench.home, NAME, [JudgeRecord("ben", "human", "somebody", "2026-01-01T00:00:00Z")])
    with counting_opened() as opened:
        assert list(raters_of(read.bench.on_record(NAME).records))[2:] == ["ben"]
        assert list(raters_of(read.bench.on_record(NAME).records))[2:] == ["ben"]
    assert opened["records.jsonl"] == 1
