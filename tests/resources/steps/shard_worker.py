"""A worker of another process: collects one shard of a pinned experiment, and may be killed by itself on the way."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.benchmark.grid import parse_shard
from resources.collect.progress import Advance, Progress
from resources.home import Home
from resources.lake.specs import pinned_spec
from resources.steps.asset_steps import StepContext, candidates_step
from tests.killed_steps import bare_bench


def main(root: str, name: str, shard: str, killed_at: int) -> None:
    """Say that the shard is held, await a line, and collect; die once `killed_at` outcomes are there, 0 is never."""

    @contextmanager
    def progress(_: str, __: int) -> Iterator[Advance]:
        def advance(at: Progress) -> None:
            if killed_at and at.done >= killed_at:
                os.kill(os.getpid(), signal.SIGKILL)

        print("collecting", flush=True)  # the answer
        sys.stdin.readline()
        yield advance

    bench = replace(bare_bench(Home(Path(root))), show_progress=progress)
    step = candidates_step(
        StepContext(bench, f"run-{shard.replace('/', '-')}"), pinned_spec(bench.home, name), parse_shard(shard)
    )
    print(step.left or step.counts["done"], flush=True)  # the answer


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
