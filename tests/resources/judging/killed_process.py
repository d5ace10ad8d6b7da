"""Publishes a home's answers and kills itself, without warning, at one of the steps that change anything outside.

A step is a rename, a removal or a commit. For each line `STEP HOME` of its input a process that has all modules forks
one that dies right before the step of that number, from 0; beyond the last step that ends as usual. The exit code is
a line of the output, negative for a signal's number.
"""

import os
import signal
import sys
import traceback
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.home import Home
from resources.judging.import_export import take_scores
from resources.judging.rounds.batches import AnswerBatches
from resources.lake.specs import pinned_spec
from resources.sql.engine import open_engine
from resources.tracking import SubprocessTracker


def main(root: str, step: int) -> None:
    """Take the scores, counting steps."""
    home, seen = Home(Path(root)), -1

    def before(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, _args: Any) -> None:
        if event in {"os.rename", "os.remove"}:
            before()

    engine = open_engine(f"sqlite:///{home.database}")
    sa.event.listen(engine, "commit", before)
    bench = BenchContext(
        home=home,
        layers=(),
        defaults=Options(),
        author="tester",
        now=lambda: "2027-01-15T09:00:00.000000+00:00",
        tracker=SubprocessTracker(home, None),
        show_progress=lambda _label, _total: nullcontext(lambda _progress: None),
        answers=AnswerBatches(engine, lambda: os.urandom(8).hex()),
    )
    spec = pinned_spec(home, "tip-bench-judged")
    sys.addaudithook(hook)
    take_scores(bench, spec)


def forked(root: str, step: int) -> int:
    """Take the scores in a process of its own; return its exit code."""
    pid = os.fork()
    if pid == 0:
        try:
            main(root, step)
        except BaseException:  # noqa: BLE001  # a fork must not go on with its parent's loop
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


for line in sys.stdin:
    wanted, _, folder = line.rstrip("\n").partition(" ")
    print(forked(folder, int(wanted)), flush=True)  # the answer
