"""A board that was computed last is taken for its check where every byte that it follows from is the same."""

from pathlib import Path

import pytest

from core.benchmark.records import BaselineRecord, baseline_cell
from core.benchmark.spec import Options, Spec
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.lake.specs import add_records, read_records
from resources.scoring.computing import compute, rows_again
from resources.scoring.remembered_board import RememberedBoard, basis_of
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain

NAME = "tip-bench-remembered"


@pytest.fixture
def spec(bench: BenchContext) -> Spec:
    """An experiment of two cells that one program has judged."""
    spec = launch(bench, NAME, Options(prompts=("terse", "coach")), ("heuristics=program",), by_default=True)
    run_chain(StepContext(bench, "r"), spec, BENCHMARK)
    return spec


def test_the_same_bytes_are_not_computed_twice(bench: BenchContext, spec: Spec) -> None:
    """The rows are those of the board, in a list of its own, until another board is computed."""
    computed = compute(bench, spec)
    again = rows_again(bench, spec)
    assert again is not computed.rows
    assert all(one is other for one, other in zip(again, computed.rows, strict=True))
    newer = compute(bench, spec)
    assert rows_again(bench, spec)[0] is newer.rows[0] is not computed.rows[0]


def _basis(bench: BenchContext, spec: Spec) -> str | None:
    return basis_of(bench.home, spec, read_records(bench.home, NAME))


def test_any_other_byte_or_record_is_another_basis(bench: BenchContext, spec: Spec) -> None:
    """A byte of the tips, of the answers and of the items, another baseline; a file that is missing has none."""
    first, folder = _basis(bench, spec), bench.home.experiment(NAME)
    for place in ("candidates", "scores", "items"):
        (file,) = (folder / place).glob("*.parquet")
        data = file.read_bytes()
        file.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
        assert _basis(bench, spec) not in {first, None}
        file.write_bytes(data)
    assert _basis(bench, spec) == first
    moved = _moved(file)
    assert _basis(bench, spec) is None
    moved.rename(file)
    other = spec.cell_names()[baseline_cell(spec.cell_names(), read_records(bench.home, NAME)) - 1]
    add_records(bench.home, NAME, [BaselineRecord(*other, "a", bench.now())])
    assert _basis(bench, spec) not in {first, None}


def _moved(file: Path) -> Path:
    return file.rename(file.with_suffix(".moved"))


def test_what_has_no_basis_is_not_remembered(bench: BenchContext, spec: Spec) -> None:
    """A board of files that were missing is not that of others which are."""
    board = RememberedBoard()
    board.note(None, compute(bench, spec).rows)
    assert board.rows(None) is None
    assert board.rows("other") is None
