"""The engine over the files sees the answers in force, whether it looks into the files or not."""

from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.scoring.engine import scores_engine
from tests.resources.judging.experiment import Bench, judged_experiment


def _bench(home: Path, state: str) -> Bench:
    """One judge's answers to sixteen tips: as they are, for tips that are alike, and with one answered again."""
    bench = judged_experiment(Home(home), "" if state == "alike" else " Now.")
    folder = bench.export()
    bench.drop("a.jsonl", _lines(bench.answers(folder)))
    bench.ingest()
    if state == "again":
        bench.drop("b.jsonl", _lines(bench.answers(folder, 5)[:1]))
        bench.ingest()
    return bench


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


@pytest.mark.parametrize(("state", "plain"), [("once", True), ("alike", False), ("again", False)])
def test_the_view_is_the_answers_in_force(tmp_path: Path, state: str, plain: bool) -> None:
    """Row for row; the files themselves where no item was answered twice or stands for two tips."""
    bench = _bench(tmp_path / "home", state)
    with scores_engine(bench.home, bench.spec) as connection:
        rows = connection.sql("select * from scores order by item, candidate_id").to_arrow_table().to_pylist()
        ((view,),) = connection.execute("select sql from duckdb_views() where view_name = 'scores'").fetchall()
    assert rows == bench.scores().current().to_pylist()
    assert len(rows) == 16
    assert ("parquet" in view) == plain


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    """And not the candidates, which are as they were."""
    bench = _bench(tmp_path / "home", "once")
    (part,) = (bench.home.experiment(bench.spec.experiment) / "scores").glob("part-*.parquet")
    part.write_bytes(b"PAR1 and no more")
    with pytest.raises(LakeBroken, match=part.name), scores_engine(bench.home, bench.spec):
        pass


@pytest.mark.parametrize("state", ["once", "alike", "again"])
def test_columns_of_the_answers_in_force_are_those_of_current(tmp_path: Path, state: str) -> None:
    """In whatever order; also after a part was changed in its place."""
    bench = _bench(tmp_path / "home", state)
    columns = ["item", "candidate_id", "judge", "source", "unscorable"]

    def rows(table: pa.Table) -> list[dict[str, Any]]:
        return sorted(table.to_pylist(), key=lambda row: (row["item"], row["candidate_id"]))

    assert rows(bench.scores().in_force(columns)) == rows(bench.scores().current().select(columns))
    part = min((bench.home.experiment(bench.spec.experiment) / "scores").glob("part-*.parquet"))
    table = pq.read_table(part)
    pq.write_table(pa.concat_tables([table.slice(1), table.slice(1, 1)]), part)
    assert rows(bench.scores().in_force(columns)) == rows(bench.scores().current().select(columns))


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    """By whoever asks for columns alone too."""
    bench = _bench(tmp_path / "home", "once")
    (part,) = (bench.home.experiment(bench.spec.experiment) / "scores").glob("part-*.parquet")
    part.unlink()
    with pytest.raises(LakeBroken, match=part.name):
        bench.scores().in_force(["item"])
