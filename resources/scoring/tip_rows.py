"""The tips of an experiment as people list them: what is published or still in the journal, with each judge's score."""

from collections.abc import Callable, Collection, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from core.benchmark.spec import Spec
from core.estimate.design import Floats
from core.judging.rubric import Rubric
from resources.home import Home
from resources.judging.model_judges.every_answer import raw_answers, words_by_tip
from resources.lake.broken import reading
from resources.lake.candidates import candidates, is_folded, journaled_rows, select_candidates
from resources.lake.datasets import open_dataset
from resources.lake.specs import read_records
from resources.report.data import JudgeWords, ScoredTips, Words
from resources.scoring.engine import in_units_sql, scores_engine
from resources.scoring.tallying import Given

if TYPE_CHECKING:
    import duckdb


MOST_WORDS = 50_000
"""Answers of model judges above which a report goes without them: it would read them all to show twenty."""
TipRows = list[dict[str, Any]]


def tip_rows(
    home: Home,
    spec: Spec,
    wanted: Mapping[str, str],
    limit: int | None,
    pick: Callable[[TipRows], TipRows] | None = None,
) -> TipRows:
    """Return candidate rows in grid order whose columns equal `wanted`, at most `limit`, or those that `pick` returns.

    It is given rows with their scores; what judges wrote is read for those that it returns.

    `scores` has each judge's score in rubric units, by judge, `reasons` its words, `raw_answers` what a model judge
    wrote, of several answers the first. While a run goes on, or after one that was interrupted,
    the rows are what its journal holds by now.
    """
    if spec.source != "adopt" and not is_folded(home, spec):
        found = (row for row in journaled_rows(home, spec) if all(row[name] == wanted[name] for name in wanted))
        rows = list(islice(found, limit))
    else:
        rows = select_candidates(home, spec.experiment, dict(wanted), limit)
    with scores_engine(home, spec) as connection:
        scores = _scores_by_tip(connection, spec, [row["candidate_id"] for row in rows])
        rows = [{**row, "scores": scores.get(row["candidate_id"], {})} for row in rows]
        if pick is not None:
            rows = pick(rows)
        tips = [row["candidate_id"] for row in rows]
        reasons = _reasons_by_tip(connection, tips)
    raw = raw_answers(home, spec, read_records(home, spec.experiment), tips)
    return [
        {**row, "reasons": reasons.get(tip, {}), "raw_answers": raw.get(tip, {})}
        for row, tip in zip(rows, tips, strict=True)
    ]


def _reasons_by_tip(connection: "duckdb.DuckDBPyConnection", tips: list[str]) -> dict[str, dict[str, str]]:
    """Return what each judge wrote beside its score, or why it could not score the tip, by tip and judge."""
    query = "select candidate_id, judge, coalesce(unscorable, comment) from scores where list_contains(?, candidate_id)"
    rows = connection.execute(query, [tips]).fetchall()
    found: dict[str, dict[str, str]] = {}
    for tip, judge, words in sorted(row for row in rows if row[2] is not None):
        found.setdefault(tip, {})[judge] = words
    return found


def _scores_by_tip(connection: "duckdb.DuckDBPyConnection", spec: Spec, tips: list[str]) -> dict[str, dict[str, float]]:
    """Return the weighted mean over the criteria by tip and judge; answers without a score are left out."""
    score, scored = score_sql(spec.rubric)
    query = f"select candidate_id, judge, {score} from scores s where {scored} and list_contains(?, candidate_id)"  # noqa: S608  # see score_sql
    rows = connection.execute(query, [tips]).fetchall()
    found: dict[str, dict[str, float]] = {}
    for tip, judge, value in sorted(rows):
        found.setdefault(tip, {})[judge] = value
    return found


def scored_tips(home: Home, spec: Spec, given: Given, judges: Collection[str]) -> ScoredTips:
    """Return every tip that one of the judges has scored, in grid order, with its mean over those judges."""
    names = tuple(given.judges)
    shown = np.array([name in judges for name in names], bool)[given.judge]
    rows = np.flatnonzero(shown & ~given.unscorable & ~np.isnan(given.values).any(axis=0))
    order = np.argsort(given.tip[rows].astype(np.int64) * len(names) + given.judge[rows])
    rows = rows[order]
    tips = given.tip[rows]
    starts = np.flatnonzero(np.diff(tips, prepend=-1))
    tips, values = tips[starts], composites(spec.rubric, given.values[:, rows])
    return ScoredTips(
        cell=given.cell[tips],
        scenario=given.scenario[tips],
        tip_index=given.tip_index[tips],
        score=np.add.reduceat(values, starts) / np.diff(starts, append=len(values)) if len(values) else values,
        starts=np.append(starts, len(values)),
        given=values,
        judge=given.judge[rows],
        judges=names,
        row=tips,
        text=_texts(home, spec.experiment),
        words=_words(home, spec, judges),
    )


def _words(home: Home, spec: Spec, judges: Collection[str]) -> Words:
    """Return a function from a row of the candidates to what model judges among these wrote of its tip.

    Answers are read once, at the first call, and only of as many judges and items as `MOST_WORDS` answers.
    """

    @cache
    def read() -> tuple[pa.ChunkedArray, Mapping[str, Mapping[str, JudgeWords]]]:
        ids = candidates(home, spec.experiment).table(["candidate_id"])["candidate_id"]
        return ids, words_by_tip(home, spec, judges, MOST_WORDS)

    def words(row: int) -> Mapping[str, JudgeWords]:
        ids, found = read()
        return found.get(ids[row].as_py(), {}) if found else {}

    return words


def composites(rubric: Rubric, values: Floats) -> Floats:
    """Return the weighted means of the criteria `values` (C, N), in rubric units, added in the rubric's order."""
    total = sum(float(weight) * own for weight, own in zip(rubric.weights, values, strict=True))
    return np.asarray(total / float(sum(rubric.weights)))


def _texts(home: Home, name: str) -> Callable[[int], str]:
    """Return a function from a row of the candidates to its text, which is read from the file: few of them are shown.

    It raises LakeBroken for a damaged file.
    """
    tips = candidates(home, name).locator()
    if tips is None:
        nothing: dict[int, str] = {}
        return nothing.__getitem__
    with reading(tips.uri, FileNotFoundError), open_dataset(tips) as whole:
        metadata = whole.metadata
    ends = np.cumsum([metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)])

    @lru_cache(maxsize=4)  # a group is 2,000 or 10,000 texts, and what is shown comes from few of them
    def texts(group: int) -> pa.ChunkedArray:
        with reading(tips.uri, FileNotFoundError), open_dataset(tips, metadata) as file:
            return file.read_row_group(group, columns=["text"])["text"]

    def text(row: int) -> str:
        group = int(np.searchsorted(ends, row, side="right"))
        column = texts(group)
        return str(column[row - int(ends[group]) + len(column)].as_py())

    return text


def score_sql(rubric: Rubric) -> tuple[str, str]:
    """Return the weighted mean over the criteria, and the condition that it is known, as SQL over the scores' columns.

    Names of criteria are validated to hold no quote.
    """
    columns = [in_units_sql(rubric, criterion) for criterion in rubric.averaged]
    total = " + ".join(f"{weight!r}::double * {column}" for weight, column in zip(rubric.weights, columns, strict=True))
    known = " and ".join(f"{column} is not null" for column in columns)
    return f"({total}) / {sum(rubric.weights)!r}::double", f"unscorable is null and {known}"
