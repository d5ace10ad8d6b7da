"""Judging 10,000 tips over collecting as many, from a 50 ms endpoint at concurrency 64, in turn in one process.

usage: python -m benchmarks.choosing.judging [--generations N] [--rounds N]

Collecting is from an open experiment to its published candidates, judging from there to published scores, the trial
of the judge among it. Every tip is another one, so that each is an item.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.endpoint import endpoint
from core.benchmark.spec import Options, Spec
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.collect.progress import Advance
from resources.judging.import_export import take_scores
from resources.judging.model_judges.asking import ask_judges
from resources.judging.scores import Scores
from wiring.bench_context import build_bench_context
from wiring.settings import read_settings

CONCURRENCY, LATENCY_MS, SCENARIOS = 64, 50.0, 50
MODELS = """
[endpoints.tips]
base_url = "{tips}"
concurrency = {concurrency}
[endpoints.scores]
base_url = "{scores}"
concurrency = {concurrency}
[[models]]
name = "bench"
provider = "openai"
endpoint = "tips"
model = "bench"
[[models]]
name = "judge-model"
provider = "openai"
endpoint = "scores"
model = "bench"
"""


class Seconds(NamedTuple):
    """What one thing took by the clock and of the processor, in seconds."""

    clock: float
    processor: float


def timed(call: Callable[[], None]) -> Seconds:
    """Return what the call took."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return Seconds(time.perf_counter() - clock, time.process_time() - processor)


def one_round(bench: BenchContext, name: str, generations: int) -> tuple[Seconds, Seconds]:
    """Return what collecting and judging of a new experiment took."""
    tips = generations // SCENARIOS
    options = Options(models=("bench",), prompts=("terse",), n_scenarios=SCENARIOS, n_tips=tips, rubric="tips@2")
    spec = launch(bench, name, options, ("prompt-judge",), by_default=True)

    def judge() -> None:
        (judged,) = ask_judges(bench, spec)
        if judged.scored != generations:
            raise RuntimeError(judged.why_left())
        take_scores(bench, spec)

    seconds = timed(lambda: collect(bench, spec, generations)), timed(judge)
    if len(Scores(bench.home, name, spec.rubric).in_force(["judge"])) != generations:
        raise RuntimeError("not every tip has a score")
    return seconds


def collect(bench: BenchContext, spec: Spec, generations: int) -> None:
    """Collect all of them."""
    if collect_experiment(bench, spec, run_id="r", accept=False).done != generations:
        raise RuntimeError("not every tip was collected")


def main() -> None:
    """Print the medians, the floor and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, endpoint(LATENCY_MS) as url:
        folder, at = Path(temporary), url.removesuffix("/v1")
        (folder / "catalog").mkdir()
        (folder / "tipbench.toml").write_text("")
        found = MODELS.format(tips=f"{at}/numbered/v1", scores=f"{at}/scores/v1", concurrency=CONCURRENCY)
        (folder / "catalog" / "models.toml").write_text(found)
        settings = read_settings({**os.environ, "TIPBENCH_HOME": str(folder / "home")}, folder, None)
        bench = build_bench_context(settings, _silent)
        one_round(bench, "tip-bench-first", SCENARIOS)
        rounds = [one_round(bench, f"tip-bench-{number}", given.generations) for number in range(given.rounds)]
    floor = given.generations / CONCURRENCY * LATENCY_MS / 1000
    print(f"load average {os.getloadavg()[0]:.1f}; {given.generations} tips, concurrency {CONCURRENCY}; {floor:.1f} s")
    for side, name in enumerate(("collecting", "judging")):
        clock, processor = (statistics.median(each[side][kind] for each in rounds) for kind in (0, 1))
        print(f"{name:10} {clock:6.2f} s by the clock, {processor:6.2f} s of CPU time")
    ratios = [judging.clock / collecting.clock for collecting, judging in rounds]
    said = ", ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
    print(f"judging over collecting, by the clock: {statistics.median(ratios):.2f} × ({said})")


@contextmanager
def _silent(_label: str, _total: int) -> Iterator[Advance]:
    yield lambda _progress: None


if __name__ == "__main__":
    main()
