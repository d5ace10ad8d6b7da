"""CPU time of a plan with a model judge over that of one without, of 10,080 generations, in turn in one process.

usage: python -m benchmarks.choosing.plan [--rounds N]
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.benchmark.launches import PlanView
from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.collect.launch import drafted
from resources.collect.progress import Advance
from resources.launching.plan_view import plan_view
from wiring.bench_context import build_bench_context
from wiring.blas_threads import one_blas_thread
from wiring.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
NAME = "tip-bench-plan"
OPTIONS = Options(
    models=("template", "gemma3-270m"),
    prompts=("terse", "continue", "continue-coach", "continue-evidence"),
    n_scenarios=63,
    n_tips=20,
)
JUDGES: dict[str, tuple[str, ...]] = {"without": (), "with a judge": ("prompt-judge",)}


def planned(bench: BenchContext, judges: tuple[str, ...]) -> PlanView:
    """Return the plan as a request has it: what is on record is read, the spec drafted, and every prompt rendered."""
    own = bench.for_request()
    spec = drafted(own, own.on_record(NAME), OPTIONS)
    return plan_view(own, spec, judges, new=True, retry=False)


def main() -> None:
    """Print the medians and their ratio; the first round is not counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    one_blas_thread(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({**os.environ, "TIPBENCH_HOME": folder}, ROOT, None)
        bench = build_bench_context(settings, _silent)
        seconds: dict[str, list[float]] = {name: [] for name in JUDGES}
        for _ in range(rounds + 1):
            for name, judges in JUDGES.items():
                started = time.process_time()
                plan = planned(bench, judges)
                seconds[name].append(time.process_time() - started)
    middle = {name: statistics.median(own[1:]) for name, own in seconds.items()}
    ratio = middle["with a judge"] / middle["without"]
    said = ", ".join(f"{name} {own:.3f} s" for name, own in middle.items())
    print(f"load average {os.getloadavg()[0]:.1f}; {plan.generations} generations: {said}, {ratio:.2f} ×")


@contextmanager
def _silent(_label: str, _total: int) -> Iterator[Advance]:
    yield lambda _progress: None


if __name__ == "__main__":
    main()
