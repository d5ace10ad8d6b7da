"""Publishes a home's answers and kills itself, without warning, at one of the steps that change anything outside.

A step is a rename, a removal or a commit: `python killed_process.py HOME STEP` dies right before the step of that
number, from 0; beyond the last step it ends as usual with exit code 0.
"""

import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.home import Home
from resources.judging.rounds.batches import AnswerBatches
from resources.judging.steps import take_scores
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
        show_progress=lambda _label, _total: nullcontext(lambda _done, _note: None),
        answers=AnswerBatches(engine, lambda: os.urandom(8).hex()),
    )
    spec = pinned_spec(home, "tip-bench-judged")
    sys.addaudithook(hook)
    take_scores(bench, spec)


main(sys.argv[1], int(sys.argv[2]))
