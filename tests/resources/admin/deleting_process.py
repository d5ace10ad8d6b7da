"""Deletes an experiment and kills itself, without warning, at one of the steps that change anything outside.

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

import dagster as dg
import sqlalchemy as sa

from core.benchmark.spec import Options
from resources.admin.deletion import delete_experiment
from resources.bench_context import BenchContext
from resources.dagster.instance import ExperimentPartitions
from resources.dagster.recorder import open_instance
from resources.home import Home
from resources.tracking import SubprocessTracker

STEPS = {"os.rename", "os.remove", "os.rmdir"}


def main(root: str, step: int) -> None:
    """Delete the experiment, counting steps."""
    home, seen = Home(Path(root)), -1

    def before(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, _args: Any) -> None:
        if event in STEPS:
            before()

    bench = BenchContext(
        home=home,
        layers=(),
        defaults=Options(),
        author="tester",
        now=lambda: "2027-01-15T09:00:00.000000+00:00",
        tracker=SubprocessTracker(home, None),
        show_progress=lambda _label, _total: nullcontext(lambda _progress: None),
    )
    instance: dg.DagsterInstance
    with open_instance(home) as instance:
        sa.event.listen(sa.Engine, "commit", before)
        sys.addaudithook(hook)
        delete_experiment(bench, "tip-bench-small", ExperimentPartitions(instance))


def forked(root: str, step: int) -> int:
    """Delete in a process of its own; return its exit code."""
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
