"""Publishes the leaderboard: Parquet, JSON, CSV, slices, plot and report, which a manifest makes current as one."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from core.benchmark.records import data_warnings, definitions_of, is_default_baseline, latency_notes
from core.benchmark.spec import Spec
from core.sanitize import inert, visible
from core.scoring.exploratory import criterion_differences
from core.scoring.fitted_means import forget_fit
from core.scoring.judge_effects import new_judges_rows
from core.scoring.leaderboard_row import LeaderboardRow
from resources.bench_context import BenchContext
from resources.judging.import_export import PUBLISH_WAIT_S
from resources.judging.model_judges.journals import spent_by
from resources.judging.model_judges.trial_records import trials_of
from resources.lake.leaderboards import PublishedLeaderboard, publish
from resources.lake.lock import writing
from resources.report.data import ReportInput
from resources.report.judging_notes import judging_sentences
from resources.report.page import render_page
from resources.report.plot import plot_file
from resources.scoring.computing import Computed, compute, other_policy, slices_of
from resources.scoring.estimator_change import estimator_note
from resources.scoring.notes import notes_of, notes_on_judges, other_kinds
from resources.scoring.origins import origins_of
from resources.scoring.tip_rows import scored_tips


def publish_leaderboard(bench: BenchContext, spec: Spec) -> PublishedLeaderboard:
    """Compute the leaderboard, make it the current one and return it; the same data again gives the same files.

    Raise WriterBusy if another process holds the experiment for over a minute.
    """
    with writing(bench.home, spec.experiment, purpose="publishing", now=bench.now(), wait_s=PUBLISH_WAIT_S) as fence:
        computed = compute(bench, spec)
        files = _files(bench, computed)
        return publish(bench.home, spec.experiment, computed.data_hash, bench.now(), files, fence)


def _files(bench: BenchContext, computed: Computed) -> dict[str, bytes]:
    """Return the files of the publication by their names."""
    scale = computed.spec.rubric.scale
    on_judges = notes_on_judges(bench, computed)
    criteria = criterion_differences(computed.query, computed.tally)
    new_judges = new_judges_rows(computed.query, computed.tally)
    slices, records = slices_of(computed), computed.records
    forget_fit(computed.tally)
    tips = scored_tips(bench.home, computed.spec, computed.given, computed.shown.judges)
    given = ReportInput(
        spec=computed.spec,
        rows=computed.rows,
        slices=slices,
        criteria=criteria,
        judges=computed.shown.judges,
        baseline=computed.query.cells[computed.query.baseline],
        published_at=bench.now(),
        tips=tips,
        other_policy=other_policy(computed),
        judge_notes=on_judges,
        new_judges=new_judges,
        other_kinds=other_kinds(computed),
        origins=origins_of(bench.home, computed.spec, computed.shown.judges),
        n_tips=int(computed.tally.texts.sum()),
        by_default=is_default_baseline(records),
        estimator_note=estimator_note(bench.home, computed),
        judging=_judging(bench, computed),
        warnings=[*data_warnings(records), *latency_notes(records)],
    )
    pq.write_table(leaderboard_table(computed.rows), columns := io.BytesIO())
    return {
        "leaderboard.json": msgspec.json.encode(computed.rows),
        "slices.json": msgspec.json.encode(slices),
        "leaderboard.parquet": columns.getvalue(),
        "leaderboard.csv": sheet_of(computed.rows),
        "plot.svg": plot_file(computed.rows, scale.low, scale.high).encode(),
        "notes.json": msgspec.json.encode(notes_of(bench, computed, on_judges)),
        "report.html": render_page(given).encode(),
    }


def _judging(bench: BenchContext, computed: Computed) -> list[str]:
    """Return what judging by the shown models came to; an old trial of a model that is called otherwise now too."""
    spec, pinned = computed.spec, definitions_of(computed.records)
    shown = [judge for judge in pinned if judge in computed.shown.judges]
    trials = [trial for judge in shown for trial in trials_of(bench.home, spec, pinned[judge]).trials]
    cost = sum(spent_by(bench.home, spec.experiment, judge) for judge in shown) if shown else None
    return judging_sentences(cost, trials)


def leaderboard_table(rows: Sequence[LeaderboardRow]) -> pa.Table:
    """Return rows as columns, a criterion's as `criteria.NAME.score`, `.low`, `.high`, marks joined by spaces.

    A gate has `criteria.NAME.gate` and `.n` besides.
    """
    return pa.Table.from_pylist([_flat(row) for row in rows], _schema(rows))


def sheet_of(rows: Sequence[LeaderboardRow]) -> bytes:
    """Return the table for spreadsheets: no name is run as a formula, and what is not known is an empty cell."""
    table, text = leaderboard_table(rows), io.StringIO(newline="")
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(table.column_names)
    for row in table.to_pylist():
        sheet.writerow([inert(visible(v)) if name in _TEXTS and v is not None else v for name, v in row.items()])
    return text.getvalue().encode()


def _flat(row: LeaderboardRow) -> dict[str, Any]:
    flat = msgspec.structs.asdict(row)
    criteria = flat.pop("criteria")
    flat["marks"] = " ".join(row.marks)
    for name, estimate in criteria.items():
        parts = ("score", "low", "high", "gate", "n") if estimate.gate else ("score", "low", "high")
        flat |= {f"criteria.{name}.{part}": getattr(estimate, part) for part in parts}
    return flat


_TEXTS = {"model", "prompt", "title", "judge_kind", "marks", "data_hash", "slice", "slice_value"}


def _schema(rows: Sequence[LeaderboardRow]) -> pa.Schema:
    def type_of(name: str) -> pa.DataType:
        if name in _TEXTS:
            return pa.string()
        if name == "provisional" or name.endswith(".gate"):
            return pa.bool_()
        return pa.int64() if name.startswith(("n_", "rank_")) or name.endswith(".n") else pa.float64()

    return pa.schema([(name, type_of(name)) for name in (_flat(rows[0]) if rows else {})])
