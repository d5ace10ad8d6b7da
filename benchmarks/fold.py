"""100,000 generations from journal to Parquet, through the collector, in flat memory: peak above start in MB.

usage: python -m benchmarks.fold [GENERATIONS]
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT_MB = 200
CHILD = """
import json, os, resource, sys, time
from contextlib import contextmanager
from pathlib import Path
import pyarrow.parquet, numpy
from core.benchmark.spec import Options
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from wiring.bench_context import build_bench_context
from wiring.settings import read_settings

@contextmanager
def silent(label, total):
    yield lambda done, note: None

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

bench = build_bench_context(read_settings(os.environ, Path.cwd(), None), silent)
tips = int(sys.argv[1])
options = Options(models=("template",), prompts=("terse", "coach"), n_scenarios=50, n_tips=tips)
spec = launch(bench, "tip-bench-large", options, by_default=True)
before, started = peak(), time.perf_counter()
report = collect_experiment(bench, spec, run_id="r", accept=False)
print(json.dumps({"rows": report.done, "above_mb": peak() - before, "seconds": time.perf_counter() - started}))
"""


def main() -> None:
    """Collect in a fresh process and print what its peak added."""
    generations = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "TIPBENCH_HOME": folder, "PYTHONPATH": str(ROOT)}
        for size in (generations // 10, generations):
            command = [sys.executable, "-c", CHILD, str(size // 100)]
            environ["TIPBENCH_HOME"] = f"{folder}/{size}"
            done = subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True, text=True)
            found = json.loads(done.stdout)
            print(
                f"{found['rows']:,} generations: peak {found['above_mb']:.0f} MB above start (limit {LIMIT_MB}), "
                f"{found['seconds']:.1f} s"
            )


if __name__ == "__main__":
    main()
