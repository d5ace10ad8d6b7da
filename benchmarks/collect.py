"""2,000 generations at concurrency 64 from a 50 ms endpoint: whole processes, ours and peers', in one run.

usage: python -m benchmarks.collect [--promptfoo PATH] [--lm-eval PATH] [--rounds N]

PATH is the peer's executable; a peer that is not given is left out. Peers get the same prompts, caches off.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.endpoint import endpoint

GENERATIONS, CONCURRENCY, LATENCY_MS = 2_000, 64, 50.0
ROOT = Path(__file__).resolve().parents[1]
OPTIONS = ["--models", "bench", "--prompts", "terse", "--n-scenarios", "50", "--n-tips", "40"]
MODELS = """
[endpoints.bench]
base_url = "{url}"
concurrency = 64
[[models]]
name = "bench"
provider = "openai"
endpoint = "bench"
model = "bench"
"""
COLLECT_PATH = """
import os, sys
from pathlib import Path
from contextlib import contextmanager
from core.benchmark.spec import Options
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from wiring.bench_context import build_bench_context
from wiring.settings import read_settings

@contextmanager
def silent(label, total):
    yield lambda done, note: None

bench = build_bench_context(read_settings(os.environ, Path.cwd(), None), silent)
options = Options(models=("bench",), prompts=("terse",), n_scenarios=50, n_tips=40)
report = collect_experiment(bench, launch(bench, sys.argv[1], options, by_default=True), run_id="r", accept=False)
assert report.done == 2000, report
"""
TASK = """
task: bench
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: ["<never>"], max_gen_toks: 96, temperature: 0.7, do_sample: true}}
metric_list: [{{metric: exact_match, aggregation: mean, higher_is_better: true}}]
metadata: {{version: 1}}
"""


def timed(command: list[str], folder: Path, environ: dict[str, str]) -> float:
    """Seconds of wall time of a whole process that must end well."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=300)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{command[:3]} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
    return seconds


def questions() -> list[str]:
    """One user message a generation."""
    return [
        f"I sleep badly, case {number}. Give one tip of one or two sentences. " * 4 for number in range(GENERATIONS)
    ]


def ours(folder: Path, url: str, environ: dict[str, str]) -> dict[str, Callable[[], float]]:
    """The collect path alone and the whole command, each in a fresh process on a home that was used before."""
    (folder / "catalog").mkdir(parents=True)
    (folder / "tipbench.toml").write_text("")
    (folder / "catalog" / "models.toml").write_text(MODELS.replace("{url}", url))
    names = iter(f"tip-bench-{number}" for number in range(1000))
    cli = [sys.executable, "-c", "from wiring.cli import main; main()"]
    warm = ["run", next(names), "--models", "template", "--prompts", "terse", "--n-scenarios", "1"]
    first = timed([*cli, *warm], folder, environ)
    print(f"first use of a home (MLflow's and Dagster's databases): {first:.1f} s, not counted below", flush=True)
    return {
        "collect path": lambda: timed([sys.executable, "-c", COLLECT_PATH, next(names)], folder, environ),
        "tipbench run": lambda: timed([*cli, "run", next(names), *OPTIONS], folder, environ),
    }


def promptfoo(command: str, folder: Path, url: str, environ: dict[str, str]) -> Callable[[], float]:
    """`promptfoo eval` over as many tests."""
    folder.mkdir()
    provider = {"id": "openai:chat:bench", "config": {"apiBaseUrl": url, "apiKey": "none", "max_tokens": 96}}
    tests = [{"vars": {"question": question}} for question in questions()]
    config = {"prompts": ["{{question}}"], "providers": [provider], "tests": tests}
    (folder / "config.json").write_text(json.dumps(config))
    quiet = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1", "PROMPTFOO_CONFIG_DIR": str(folder)}
    arguments = f"eval -c config.json -j {CONCURRENCY} --no-cache --no-table --no-progress-bar -o out.json".split()
    return lambda: timed([command, *arguments], folder, {**environ, **quiet})


def lm_eval(command: str, folder: Path, url: str, environ: dict[str, str]) -> Callable[[], float]:
    """`lm_eval` with its local-chat-completions model over as many documents."""
    folder.mkdir()
    data = folder / "data.jsonl"
    data.write_text("".join(json.dumps({"question": q, "answer": "x"}) + "\n" for q in questions()))
    (folder / "bench.yaml").write_text(TASK.format(data=data))
    model = (
        f"model=bench,base_url={url}/chat/completions,num_concurrent={CONCURRENCY},max_retries=1,tokenizer_backend=none"
    )
    arguments = ["--model", "local-chat-completions", "--model_args", model, "--tasks", "bench", "--include_path", "."]
    offline = {"HF_HUB_OFFLINE": "1", "OPENAI_API_KEY": "none", "HF_HOME": str(folder / "hf")}
    tail = ["--apply_chat_template", "--output_path", "out", "--log_samples"]
    return lambda: timed([command, *arguments, *tail], folder, {**environ, **offline})


def main() -> None:
    """Time everything in turn, round by round, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--promptfoo")
    parser.add_argument("--lm-eval")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, endpoint(LATENCY_MS) as url:
        folder = Path(temporary)
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")},
            "TIPBENCH_HOME": str(folder / "home"),
            "PYTHONPATH": str(ROOT),
        }
        programs = ours(folder / "project", url, environ)
        peer = {name: value for name, value in environ.items() if name != "PYTHONPATH"}
        if given.promptfoo:
            programs["promptfoo"] = promptfoo(given.promptfoo, folder / "promptfoo", url, peer)
        if given.lm_eval:
            programs["lm-eval"] = lm_eval(given.lm_eval, folder / "lm-eval", url, peer)
        seconds: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(given.rounds):
            for name, program in programs.items():
                seconds[name].append(program())
        floor = GENERATIONS / CONCURRENCY * LATENCY_MS / 1000
        own = statistics.median(seconds["collect path"])
        print(f"{GENERATIONS} generations, concurrency {CONCURRENCY}, {LATENCY_MS:g} ms; floor {floor:.2f} s")
        for name, found in seconds.items():
            middle = statistics.median(found)
            spread = f"{min(found):.2f} to {max(found):.2f}"
            print(f"{name:13} {middle:6.2f} s ({spread}), {middle / own:.1f} × the collect path")


if __name__ == "__main__":
    main()
