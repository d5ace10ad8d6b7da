"""A process that dies right before any step that changes anything outside: a rename, a removal or a commit."""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.home import Home
from resources.tracking import SubprocessTracker

ROOT = Path(__file__).parents[1]


def kill_before(step: int, events: set[str], commits_of: Any) -> None:
    """Kill this process, without warning, before the step of that number from now on, from 0.

    A step is an audit event of `events`, or a commit of the engine or of all of the class `commits_of`.
    """
    seen = -1

    def before(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, _args: Any) -> None:
        if event in events:
            before()

    sa.event.listen(commits_of, "commit", before)
    sys.addaudithook(hook)


def bare_bench(home: Home, **more: Any) -> BenchContext:
    """A bench without a catalog, at a fixed time, that shows no progress."""
    return BenchContext(
        home=home,
        layers=(),
        defaults=Options(),
        author="tester",
        now=lambda: "2027-01-15T09:00:00.000000+00:00",
        tracker=SubprocessTracker(home, None),
        show_progress=lambda _label, _total: nullcontext(lambda _progress: None),
        **more,
    )


def answer_with_forks(act: Callable[[Home, int], None]) -> None:
    """For each line `STEP HOME` of the input run `act` in a fork, which has all modules; print its exit code.

    Beyond the last step a fork ends as usual; the code is negative for a signal's number.
    """
    for line in sys.stdin:
        wanted, _, folder = line.rstrip("\n").partition(" ")
        print(_forked(act, Home(Path(folder)), int(wanted)), flush=True)  # the answer


def _forked(act: Callable[[Home, int], None], home: Home, step: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            act(home, step)
        except BaseException:  # noqa: BLE001  # a fork must not go on with its parent's loop
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@contextmanager
def killed_steps(module: str) -> Iterator[Callable[[Path, int], int]]:
    """Start a module that answers with forks; yield what runs it on a home until a step, and gives its exit code."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def run(home: Path, step: int) -> int:
            stdin.write(f"{step} {home}\n")
            stdin.flush()
            return int(stdout.readline())

        yield run
        stdin.close()
