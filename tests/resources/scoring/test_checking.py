"""Checks on what the lake holds."""

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from core.benchmark.records import BaselineRecord, baseline_cell
from core.benchmark.spec import Options
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.lake.candidates import candidates
from resources.lake.specs import add_records, read_records
from resources.scoring.checking import hidden_names, identical_tips, recomputed, traceable
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain

NAME = "tip-bench-checked"


def test_the_baseline_may_repeat_itself(bench: BenchContext) -> None:
    """Nobody is warned of `template`, which draws from few sentences whatever the catalog is like."""
    spec = launch(bench, NAME, Options(prompts=("terse",), n_tips=8), by_default=True)
    assert run_chain(StepContext(bench, str(uuid.uuid4())), spec, BENCHMARK).passed
    texts = candidates(bench.home, NAME).table(["text"])["text"].to_pylist()
    assert len(set(texts)) < len(texts) * 0.8
    found = identical_tips(bench, spec)
    assert found.passed
    assert found.numbers["tips"] == 0
    assert found.message.endswith("template, made of few sentences, is not counted")


def test_a_tip_that_names_its_own_model_is_found(bench: BenchContext, tmp_path: Path) -> None:
    """Not one that names another's, whatever the tips of its cell before and after it say."""
    said = {
        "Zephyr": ["Walk.", "ephyrZ", "As Zephyr, I rest.", "Zephyrs"],
        "Mistral": ["Zephyr", "x\nMistra", "l", "Go."],
    }
    rows = [
        {"model": f"{model}-7b", "prompt": "p", "scenario_id": f"s{n}", "scenario": "Rain", "text": text}
        for model, texts in said.items()
        for n, text in enumerate(texts)
    ]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, rows)))
    spec = adopt(bench, "tip-bench-named", [tmp_path / "rows.jsonl"], AdoptOptions(), None).spec
    found = hidden_names(bench, spec)
    tips = candidates(bench.home, "tip-bench-named").table(["candidate_id", "text"]).to_pylist()
    assert found.numbers["tips"] == 1
    assert next(tip["candidate_id"] for tip in tips if tip["text"] == "As Zephyr, I rest.") in found.message


def test_a_board_is_compared_with_what_the_files_hold_now(bench: BenchContext) -> None:
    """In the process that published it too: a changed digit of the board, changed scores, another baseline are seen."""
    name = "tip-bench-compared"
    spec = launch(bench, name, Options(prompts=("terse", "coach")), ("heuristics=program",), by_default=True)
    assert run_chain(StepContext(bench, str(uuid.uuid4())), spec, BENCHMARK).passed
    assert recomputed(bench, spec).passed
    experiment = bench.home.experiment(name)
    (board,), (part,) = experiment.glob("leaderboards/*/leaderboard.json"), experiment.glob("scores/*.parquet")
    rows = msgspec.json.decode(board.read_bytes())
    with _changed(board, msgspec.json.encode([{**rows[0], "score": rows[0]["score"] + 0.01}, *rows[1:]])):
        assert "score is" in recomputed(bench, spec).message
    with _changed(part, _with_lowest_scores(part)):
        assert not recomputed(bench, spec).passed
    assert recomputed(bench, spec).passed
    other = spec.cell_names()[baseline_cell(spec.cell_names(), read_records(bench.home, name)) - 1]
    add_records(bench.home, name, [BaselineRecord(*other, "a", bench.now())])
    assert not recomputed(bench, spec).passed


@contextmanager
def _changed(path: Path, data: bytes) -> Iterator[None]:
    before = path.read_bytes()
    path.write_bytes(data)
    yield
    path.write_bytes(before)


def _with_lowest_scores(part: Path) -> bytes:
    table = pq.read_table(part)
    for place, name in enumerate(table.column_names):
        if name.startswith("score."):
            table = table.set_column(place, name, pa.array([1.0] * len(table)))
    return _written(table)


def test_an_answer_of_another_tip_item_or_judge_is_a_stray(bench: BenchContext) -> None:
    """In whatever order the answers stand; the first one named is that of the lowest id."""
    name = "tip-bench-traced"
    spec = launch(bench, name, Options(prompts=("terse",)), ("heuristics=program",), by_default=True)
    run_chain(StepContext(bench, str(uuid.uuid4())), spec, BENCHMARK)
    (part,) = bench.home.experiment(name).glob("scores/*.parquet")
    table, count = pq.read_table(part), len(pq.read_table(part))
    items, tips = table["item"].to_pylist(), table["candidate_id"].to_pylist()
    every = f"all {count} answers point at an item of the judge who gave it"
    assert traceable(bench, spec).message == every
    with _changed(part, _written(table.take(pa.array(range(count - 1, -1, -1))))):
        assert traceable(bench, spec).message == every
    said = "{} of {} answers point at no item of theirs, first {}"
    with _changed(part, _with(table, "candidate_id", [tips[1], tips[0], *tips[2:]])):
        assert traceable(bench, spec).message == said.format(2, count, min(items[:2]))
    with _changed(part, _with(table, "candidate_id", ["none", "other", *tips[2:]])):
        assert traceable(bench, spec).message == said.format(2, count, min(items[:2]))
    with _changed(part, _with(table, "item", ["zz", "aa", *items[2:]])):
        assert traceable(bench, spec).message == said.format(2, count, "aa")
    with _changed(part, _with(table, "judge", ["anna", "anna", *["heuristics"] * (count - 2)])):
        assert traceable(bench, spec).message == said.format(2, count, min(items[:2]))


def _with(table: pa.Table, name: str, values: list[str]) -> bytes:
    place = table.column_names.index(name)
    return _written(table.set_column(place, name, pa.array(values).cast(table.schema.field(name).type)))


def _written(table: pa.Table) -> bytes:
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()
