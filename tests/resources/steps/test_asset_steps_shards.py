"""A step of a stated part: shards of candidates in processes of their own, and steps that are not split."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts.benchmark.models import ModelAnswer
from core.benchmark.grid import Shard, ShardError, grid, parse_shard
from core.benchmark.spec import Options, Spec
from resources.bench_context import BenchContext
from resources.catalog import Layer
from resources.collect.collector import rendered_for, request_for
from resources.collect.launch import launch
from resources.collect.planning import plan_of
from resources.home import Home
from resources.lake.candidates import candidates, n_collected
from resources.lake.journal import SHARDS, JournalStore, journal_of, read_index, shard_journals
from resources.lake.lock import WriterBusy, writing_all
from resources.lake.runs import read_runs
from resources.lake.shards import share_of, whole_journal
from resources.models.tape import request_hash
from resources.steps.asset_steps import STEPS, StepContext, candidates_step
from resources.storage.files import pretty
from tests.deadline import DEADLINE_S
from tests.killed_steps import ROOT

NAME = "tip-bench-sharded"
ANSWER = ModelAnswer(kind="text", text="Walk home.", finish="stop", tokens_in=7, tokens_out=3, latency_ms=5.0)


@pytest.fixture
def taped(bench: BenchContext, tmp_path: Any) -> BenchContext:
    """A bench with a model on tape, whose answers, and the times that they took, are always the same."""
    (tmp_path / "models.toml").write_text('[[models]]\nname = "t"\nprovider = "tape"\ntape = "t.jsonl"\n')
    return replace(bench, layers=(*bench.layers, Layer("project", tmp_path, frozenset({"models"}))))


def _launched(bench: BenchContext, **more: Any) -> Spec:
    """Pin an experiment of 36 generations, and record a tape with their answers in the home."""
    options = Options(models=("t",), prompts=("terse", "coach"), **more)
    spec = launch(bench, NAME, options, ["heuristics"], by_default=True)
    path = bench.home.tape("t.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        {"asked": request_hash(request_for(spec, each, rendered_for(spec, each))), "answer": _answer(each.key)}
        for each in grid(spec)
    ]
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return spec


def _answer(key: str) -> ModelAnswer:
    return msgspec.structs.replace(ANSWER, text=f"Walk home by way {key[:6]}.", latency_ms=float(int(key[:2], 16)))


@contextmanager
def _worker(home: Home, shard: str, killed_at: int = 0) -> Iterator["subprocess.Popen[str]"]:
    """Start a process that collects a shard, and yield it once it holds its lock; a line lets it go on."""
    command = [sys.executable, "-m", "tests.resources.steps.shard_worker", str(home.root), NAME, shard, str(killed_at)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "collecting\n"
        yield process
        process.communicate("go\n", timeout=DEADLINE_S)


def _collect(home: Home, shard: str, killed_at: int = 0) -> int:
    """Collect a shard in a process of its own and return its exit code."""
    with _worker(home, shard, killed_at) as process:
        pass
    return process.returncode


def test_three_processes_and_a_killed_one_make_the_bytes_of_one(taped: BenchContext, tmp_path: Path) -> None:
    """Shards collect side by side, the killed one goes on where it was, and the whole step publishes the same file."""
    alone = replace(taped, home=Home(tmp_path / "alone"))
    (whole,) = candidates_step(StepContext(alone, "r"), _launched(alone)).wrote
    spec, home = _launched(taped), taped.home
    with ExitStack() as stack:
        shards = {"1/3": 0, "2/3": 4, "3/3": 0}
        workers = [stack.enter_context(_worker(home, shard, killed_at)) for shard, killed_at in shards.items()]
    assert [worker.returncode for worker in workers] == [0, -signal.SIGKILL, 0]
    assert _collect(home, "2/3") == 0
    journaled = [read_index(store) for store in shard_journals(home, NAME)]
    assert [len(index.final) for index in journaled] == [
        sum(Shard(n, 3).holds(g.key) for g in grid(spec)) for n in (1, 2, 3)
    ]
    assert sum(_journal(home, store).count(b'"kind":"text"') for store in shard_journals(home, NAME)) == 36
    assert plan_of(home, spec).to_ask == 0
    assert n_collected(home, NAME) == 36
    assert candidates(home, NAME).manifest() is None
    step = candidates_step(StepContext(taped, "whole"), spec)
    assert step.left is None
    assert step.wrote == (whole,)
    assert _bytes(taped) == _bytes(alone)
    assert home.storage.blobs.list(home.key(NAME, SHARDS)) == []
    assert sorted(run.run_id for run in read_runs(home, NAME) if run.status == "done") == [
        "run-1-3", "run-2-3", "run-3-3", "whole"
    ]  # fmt: skip


def _journal(home: Home, store: JournalStore) -> bytes:
    return home.storage.blobs.get(store.key) or b""


def _bytes(bench: BenchContext) -> bytes:
    return bench.home.storage.blobs.get(str(candidates(bench.home, NAME).key())) or b""


def test_while_a_shard_is_collected_nobody_else_writes(taped: BenchContext) -> None:
    """The whole, the same shard again and a shard of another split end in a sentence each."""
    spec = _launched(taped)
    context = StepContext(taped, "r")
    with _worker(taped.home, "1/3") as worker:
        with pytest.raises(WriterBusy, match=rf"process {worker.pid} \(collecting shard 1/3, run run-1-3"):
            candidates_step(context, spec)
        with pytest.raises(WriterBusy, match=r"shard 1/3 of tip-bench-sharded is being written"):
            candidates_step(context, spec, Shard(1, 3))
        with pytest.raises(ShardError, match="collected in 3 shards, of which 2/4 is none"):
            candidates_step(context, spec, Shard(2, 4))
        assert candidates_step(context, spec, Shard(2, 3)).left is None
    assert candidates_step(context, spec).left is None


def test_a_process_killed_while_it_takes_shards_in_counts_no_answer_twice(taped: BenchContext) -> None:
    """What it had appended to the experiment's journal is cut off, and appended anew."""
    spec = _launched(taped)
    for number in (1, 2):
        candidates_step(StepContext(taped, "r"), spec, Shard(number, 2))
    blobs, key = taped.home.storage.blobs, journal_of(taped.home, NAME).key
    one, two = (_journal(taped.home, store) for store in shard_journals(taped.home, NAME))
    blobs.put(taped.home.key(NAME, SHARDS, "taken_in_from.json"), pretty({"bytes": 0}))
    blobs.put(key, one + two[:1000])
    with (
        writing_all(taped.home, NAME, purpose="collecting", now="now") as fence,
        whole_journal(taped.home, NAME, fence) as journal,
    ):
        assert len(journal.index.final) == 36
    assert blobs.size(key) == len(one + two)
    assert candidates_step(StepContext(taped, "r"), spec).left is None
    assert blobs.size(key) == len(one + two)


def test_a_shard_asks_failures_again_and_accepts_none(taped: BenchContext) -> None:
    """A retry reopens those of its part; accepting is for the whole."""
    spec = _launched(taped)
    tape = taped.home.tape("t.jsonl")
    whole = tape.read_bytes()
    tape.write_bytes(whole.replace(b'"kind":"text"', b'"kind":"failed"'))
    assert candidates_step(StepContext(taped, "r"), spec).counts["failed_or_refused"] == 36
    tape.write_bytes(whole)
    again = candidates_step(StepContext(taped, "r", retry=True), spec, Shard(1, 2))
    assert again.counts["failed_or_refused"] == 0
    rest = candidates_step(StepContext(taped, "r"), spec)
    assert rest.counts["failed_or_refused"] == 36 - again.counts["expected"]
    with pytest.raises(ShardError, match="leave the shard out"):
        candidates_step(StepContext(taped, "r", accept=True), spec, Shard(1, 2))


@pytest.mark.parametrize("asset", ["judge_exports", "judge_scores", "leaderboards"])
def test_what_is_made_as_a_whole_is_not_split(bench: BenchContext, asset: Any) -> None:
    """The other steps have the same signature, and say in a sentence why there are no shards of them."""
    spec = launch(bench, NAME, Options(prompts=("terse",)), ["heuristics"], by_default=True)
    with pytest.raises(ShardError, match=f"{asset} is not made in shards, for .*: leave the shard out"):
        STEPS[asset](StepContext(bench, "r"), spec, Shard(1, 2))


def test_shards_together_stay_below_the_ceiling() -> None:
    """Each may spend an equal part of what is left; where more was spent already, nothing."""
    assert share_of(None, 1.0, Shard(1, 4)) is None
    assert share_of(3.0, 1.0, Shard(1, 4)) == 1.5
    over = share_of(3.0, 5.0, Shard(1, 4))
    assert over is not None
    assert over < 5.0


@pytest.mark.parametrize(
    "text", ["", "1", "0/3", "4/3", "1/0", "1/1001", "-1/3", "1/3/5", "a/b", "²/3", "1/" + "9" * 20]
)
def test_a_shard_that_cannot_be_is_refused(text: str) -> None:
    """Its form and range are said."""
    with pytest.raises(ShardError, match="write N/OF"):
        parse_shard(text)
    assert parse_shard("2/3") == Shard(2, 3)
    assert str(Shard(2, 3)) == "2/3"


def test_every_generation_is_of_one_shard(bench: BenchContext) -> None:
    """The parts are disjoint, whole together, and each has some of every cell."""
    spec = launch(bench, NAME, Options(prompts=("terse", "coach"), n_tips=9), by_default=True)
    parts = [list(grid(spec, shard=Shard(number, 3))) for number in (1, 2, 3)]
    assert Counter(g.key for part in parts for g in part) == Counter(g.key for g in grid(spec))
    assert all({g.cell for g in part} == {0, 1} for part in parts)
