"""The leaderboard as a table for spreadsheets."""

from collections import Counter
from typing import Any

import pytest

from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.lake.specs import pinned_spec
from resources.scoring import computing
from resources.scoring.publishing import leaderboard_table, publish_leaderboard, sheet_of
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain
from tests.resources.report.inputs import HOSTILE, report_row


def test_the_sheet_is_what_pandas_would_write() -> None:
    """Whole numbers stay whole beside empty cells, floats are as short as they can be, text is quoted where needed."""
    rows = [
        report_row("a, b", 3.1 + 0.2, marks=("x", "y"), p_holm=1e-9, cost_per_1k=0.0),
        report_row('say "no"', None, title="two\nlines", tokens=1e22),
    ]
    frame = leaderboard_table(rows).to_pandas(integer_object_nulls=True)
    wanted = frame.to_csv(index=False).encode()
    assert sheet_of(rows) == wanted


def test_a_name_starts_no_formula() -> None:
    """And nothing in it moves the cursor of a terminal or turns the text round."""
    text = sheet_of([report_row("=1+1", 3.0), report_row(HOSTILE, None)]).decode()
    assert "\n'=1+1," in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_publication_counts_the_files_once(bench: BenchContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its slices, the orders without a judge and under the other policy are made from the board's own tally."""
    name = "tip-bench-once"
    launch(bench, name, Options(prompts=("terse", "coach")), ("heuristics=program",), by_default=True)
    run_chain(StepContext(bench, "r"), pinned_spec(bench.home, name), BENCHMARK)
    calls: Counter[str] = Counter()

    def counted(function: Any) -> Any:
        def call(*given: Any) -> Any:
            calls[function.__name__] += 1
            return function(*given)

        return call

    for function in ("answers_of", "generations_of", "costs_of"):
        monkeypatch.setattr(computing, function, counted(getattr(computing, function)))
    published = publish_leaderboard(bench, pinned_spec(bench.home, name))
    assert calls == {"answers_of": 1, "generations_of": 1, "costs_of": 1}
    assert {row.slice for row in published.slices()} == {"area", "locale"}
