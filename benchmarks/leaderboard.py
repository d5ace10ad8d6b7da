"""One leaderboard, one publication and one choice over a bare DuckDB aggregation of the same files, with peak memory.

usage: python -m benchmarks.leaderboard [--scenarios N ...] [--uneven]

A home has 100 cells × N scenarios × 3 judges, one tip each: 1,000 scenarios are 300,000 scores, 9,700 are 2.9 million;
`--uneven` leaves out a tenth of the scores by chance, so that no two scenarios were judged alike. Each measurement is a
process of its own, after its imports, with the one BLAS thread that commands have: CPU time, in brackets by the clock,
and the peak of all of the process's memory.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.benchmark.records import JudgeRecord
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec
from core.dataset_columns import CANDIDATES, ITEMS, criterion_column, scores_schema
from core.judging.rubric import Criterion, Rubric, Scale
from resources.home import Home
from resources.judging.importer import Accepted
from resources.judging.items import ItemsPart
from resources.judging.scores import Scores
from resources.lake.candidates import ROW_GROUP, candidates
from resources.lake.parquet_parts import ParquetParts
from resources.lake.specs import add_records, pin, pinned_spec
from wiring.blas_threads import one_blas_thread

ROOT = Path(__file__).resolve().parents[1]
NAME, AT, CRITERION = "tip-bench-speed", "2026-01-01T00:00:00+00:00", "helpful"
MEASURED = ("bare", "board", "publication", "choice")
MODELS, PROMPTS, JUDGES = 10, 10, ("anna", "bea", "cem")
BARE = f"""
    select cell, scenario, judge, count(*), avg("{criterion_column(CRITERION)}")
    from read_parquet('{{scores}}') join read_parquet('{{candidates}}') using (candidate_id) group by all
"""  # noqa: S608  # our own columns


class Measured(NamedTuple):
    """Seconds of CPU time and by the clock, and peak memory of the process in MB."""

    cpu: float
    clock: float
    peak_mb: float

    def over(self, other: "Measured") -> str:
        """Return the ratios to another one: CPU time, and in brackets by the clock."""
        return f"{self.cpu / other.cpu:.1f} × ({self.clock / other.clock:.1f} ×)"


def write_home(home: Home, scenarios: int, missing: float) -> int:
    """Write an experiment as the lake holds it and return its number of scores; the same again for the same numbers."""
    rng = np.random.default_rng([scenarios, round(100 * missing)])
    spec = _spec(scenarios)
    pin(home, spec)
    add_records(home, NAME, [JudgeRecord(judge, "human", "bench", AT) for judge in JUDGES])
    ids = _ids(rng, MODELS * PROMPTS * scenarios, 16)
    rows = _candidates(spec, ids, rng)
    candidates(home, NAME).publish(lambda writer: writer.write_table(rows, row_group_size=ROW_GROUP), {})
    answers = [_answers(spec, ids, rng, number, missing) for number in range(len(JUDGES))]
    ledger = ParquetParts(home.storage, home.key(NAME, "items"), ItemsPart)
    parts = []
    for judge, table in zip(JUDGES, answers, strict=True):
        names = pa.array([judge]).dictionary_encode()
        own = pa.table(
            {
                "item": table["item"],
                "judge": names.take(pa.array(np.zeros(len(table), np.int32))),
                "candidate_id": table["candidate_id"],
                "export": pa.array(np.ones(len(table), np.int32)),
            }
        ).cast(ITEMS)
        parts.append(ItemsPart(ledger.write(f"{judge}-00000", own), judge, 1, len(own)))
    ledger.switch(parts, [part.file for part in parts])
    accepted = [
        Accepted(f"{judge}.jsonl", judge, f"{judge:0<64}", table) for judge, table in zip(JUDGES, answers, strict=True)
    ]
    Scores(home, NAME, spec.rubric).publish(accepted, dict.fromkeys(JUDGES, "human"), at=AT, author="bench")
    return sum(len(table) for table in answers)


def _spec(scenarios: int) -> Spec:
    rubric = Rubric("speed", "1", Scale(1, 5), (Criterion(CRITERION, "Does it help?"),))
    return Spec(
        experiment=NAME,
        source="adopt",
        options=Options(rubric=rubric.ref, failures="worst", seed=1),
        models=tuple(Model(f"model-{number}", "adopted") for number in range(MODELS)),
        prompts=tuple(Prompt(f"prompt-{number}", "adopted", "made elsewhere", "chat", ()) for number in range(PROMPTS)),
        cells=tuple((cell // PROMPTS, cell % PROMPTS) for cell in range(MODELS * PROMPTS)),
        scenarios=tuple(
            Scenario(
                f"case-{number}", f"area-{number % 6}", f"locale-{number % 2}", {"situation": f"It is day {number}."}
            )
            for number in range(scenarios)
        ),
        rubric=rubric,
        n_tips=1,
        temperature=None,
        seed=1,
        failures="worst",
        created_at=AT,
        adopted="0" * 64,
    )


def _ids(rng: np.random.Generator, n: int, size: int) -> pa.Array:
    """Return n random hexadecimal ids of twice `size` digits."""
    digits = pa.py_buffer(rng.bytes(n * size).hex().encode())
    offsets = pa.py_buffer(np.arange(0, (n + 1) * 2 * size, 2 * size, dtype=np.int32))
    return pa.StringArray.from_buffers(n, offsets, digits)


def _candidates(spec: Spec, ids: pa.Array, rng: np.random.Generator) -> pa.Table:
    cell, scenario = (codes.ravel() for codes in np.indices((len(spec.cells), len(spec.scenarios)), np.int32))
    n = len(ids)
    numbers = pa.array(np.arange(n)).cast(pa.string())
    tip = " Put the phone in the kitchen at ten, set out tomorrow's clothes, and read two pages until you are tired."
    text = pa.compute.binary_join_element_wise(numbers, tip, ".")
    made = {
        "candidate_id": ids,
        "cell": cell,
        "model": _named([model.name for model in spec.models], cell // PROMPTS),
        "prompt": _named([prompt.name for prompt in spec.prompts], cell % PROMPTS),
        "scenario": scenario,
        "scenario_id": _named([own.id for own in spec.scenarios], scenario),
        "area": _named([f"area-{number}" for number in range(6)], scenario % 6),
        "locale": _named(["locale-0", "locale-1"], scenario % 2),
        "tip_index": np.zeros(n, np.int32),
        "outcome": _named(["text"], np.zeros(n, np.int32)),
        "text": text,
        "raw": text,
        "tokens_out": rng.integers(20, 60, n, np.int32),
        "latency_ms": rng.gamma(4.0, 200.0, n),
        "cost": np.full(n, 0.0001),
        "attempts": np.ones(n, np.int32),
        "origin": _named(["adopt"], np.zeros(n, np.int32)),
    }
    return pa.table({field.name: made.get(field.name, pa.nulls(n, field.type)) for field in CANDIDATES}, CANDIDATES)


def _named(names: list[str], codes: "np.ndarray[tuple[int], np.dtype[np.int32]]") -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names))


def _answers(spec: Spec, ids: pa.Array, rng: np.random.Generator, judge: int, missing: float) -> pa.Table:
    """Return one judge's answers in an order of its own: a cell, a scenario, the judge and chance decide a score."""
    order = rng.permutation(len(ids))
    order = order[rng.random(len(order)) >= missing]
    cell, scenario = np.divmod(order, len(spec.scenarios))
    difficulty = np.random.default_rng(1).normal(0, 0.6, len(spec.scenarios))
    value = 2.6 + cell / len(spec.cells) + difficulty[scenario] + 0.2 * judge + rng.normal(0, 0.8, len(order))
    columns = {
        "item": _ids(rng, len(order), 10),
        "candidate_id": ids.take(pa.array(order)),
        criterion_column(CRITERION): np.clip(np.round(value), 1.0, 5.0),
        "comment": pa.nulls(len(order), pa.string()),
        "unscorable": pa.nulls(len(order), pa.string()),
        "line": np.arange(1, len(order) + 1),
    }
    return pa.table(columns, pa.schema([scores_schema(spec.rubric).field(name) for name in columns]))


@contextmanager
def _silent(_: str, __: int) -> Iterator[Callable[[object], None]]:
    yield lambda _progress: None


def measure(what: str, root: Path) -> Measured:
    """Return what a bare aggregation, one board, one publication or one choice of a cell takes in this process."""
    import duckdb
    import pyarrow.dataset  # noqa: F401  # imported before the clock runs, as is the next
    import scipy.special  # noqa: F401  # the same

    from resources.choosing.choosing import ChoiceOptions, choose_cell
    from resources.lake.arrow_alone import keep_pandas_out
    from resources.scoring.computing import compute
    from resources.scoring.publishing import publish_leaderboard
    from wiring.bench_context import build_bench_context
    from wiring.settings import read_settings

    keep_pandas_out()
    bench = build_bench_context(read_settings({**os.environ, "TIPBENCH_HOME": str(root)}, ROOT, None), _silent)
    spec = pinned_spec(bench.home, NAME)
    folder = bench.home.experiment(NAME)
    query = BARE.format(
        scores=folder / "scores" / "*.parquet", candidates=bench.home.root / str(candidates(bench.home, NAME).key())
    )
    actions: dict[str, Callable[[], object]] = {
        "bare": lambda: duckdb.connect().sql(query).to_arrow_table(),
        "board": lambda: compute(bench, spec),
        "publication": lambda: publish_leaderboard(bench, spec),
        "choice": lambda: choose_cell(bench, spec, ChoiceOptions(margin=0.2)),
    }
    cpu, clock = [], []
    for _ in range(3 if what == "bare" else 1):
        started, used = time.perf_counter(), time.process_time()
        actions[what]()
        cpu.append(time.process_time() - used)
        clock.append(time.perf_counter() - started)
    return Measured(min(cpu), min(clock), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def in_new_process(what: str, root: Path) -> Measured:
    """Return what `measure` finds in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.leaderboard", "--measure", what, "--home", str(root)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Measured(*json.loads(done.stdout))


def compare(scenarios: int, missing: float) -> None:
    """Print a size's measurements and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        scores = write_home(Home(Path(folder)), scenarios, missing)
        bare, board, publication, choice = (in_new_process(what, Path(folder)) for what in MEASURED)
        uneven = ", uneven" if missing else ""
        print(
            f"{scores:,} scores{uneven}: bare aggregation {bare.cpu:.2f} s ({bare.clock:.2f} s); board "
            f"{board.over(bare)} it, peak {board.peak_mb:,.0f} MB; publication {publication.over(board)} a board, peak "
            f"{publication.peak_mb:,.0f} MB; choice {choice.over(board)} a board, peak {choice.peak_mb:,.0f} MB",
            flush=True,
        )


def main() -> None:
    """Make the homes, measure them and print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenarios", type=int, nargs="+", default=[1_000, 9_700])
    parser.add_argument("--uneven", action="store_true")
    parser.add_argument("--measure", choices=MEASURED)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.home)))
        return
    one_blas_thread(os.environ)
    print(f"load average {os.getloadavg()[0]:.1f}", flush=True)
    for scenarios in given.scenarios:
        compare(scenarios, 0.1 if given.uneven else 0.0)


if __name__ == "__main__":
    main()
