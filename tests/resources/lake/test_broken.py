from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts.benchmark.experiments import RunRecord
from contracts.refusals import Unavailable
from resources.home import Home
from resources.lake.broken import LakeBroken, place_of, read_json, reading
from resources.lake.candidates import candidates, cell_costs
from resources.lake.leaderboards import publications
from resources.lake.runs import read_runs

NAME = "tip-bench-a"


def test_a_damaged_file_is_unavailable_and_named_below_the_lake(tmp_path: Path) -> None:
    """A client may read the message: it says which file and what to do, and not where the home is."""
    path = tmp_path / "lake" / NAME / "spec.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"format": ')
    with pytest.raises(LakeBroken, match=rf"^lake/{NAME}/spec.json cannot be read .*backup") as caught:
        read_json(path, RunRecord)
    assert isinstance(caught.value, Unavailable)
    assert str(tmp_path) not in caught.value.message


def test_a_missing_file_is_no_damage(tmp_path: Path) -> None:
    """Whether a file must be there is its reader's to say."""
    with pytest.raises(FileNotFoundError):
        read_json(tmp_path / "none.json", RunRecord)


def test_the_last_folder_of_that_name_is_the_lake() -> None:
    """A home may stand below a folder that is called lake, too."""
    assert place_of(Path("/lake/home/lake/a/b")) == "lake/a/b"
    assert place_of(Path("/home/b")) == "b"


@pytest.mark.parametrize("data", [b"", b"[", b"\xff\xfe", b"null"])
def test_every_reader_of_the_lake_says_so(tmp_path: Path, data: bytes) -> None:
    """Runs, publications and datasets whose JSON is cut short, no text or of another shape."""
    home = Home(tmp_path)
    for file in ("runs/one.json", "leaderboards/manifest.json", "candidates/manifest.json"):
        path = home.experiment(NAME) / file
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    for read in (
        lambda: read_runs(home, NAME),
        lambda: publications(home, NAME),
        lambda: candidates(home, NAME).manifest(),
    ):
        with pytest.raises(LakeBroken):
            read()


@pytest.mark.parametrize("data", [None, b"", b"PAR1 and no more"])
def test_a_damaged_parquet_file_is_named_without_its_folder(tmp_path: Path, data: bytes | None) -> None:
    """Gone or cut short, by either of the two engines that read it."""
    home = Home(tmp_path)
    folder = home.experiment(NAME) / "candidates"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(b'{"file": "c.parquet", "sha256": "", "rows": 1}')
    if data is not None:
        (folder / "c.parquet").write_bytes(data)
    for read in (lambda: candidates(home, NAME).table(), lambda: cell_costs(home, NAME)):
        with pytest.raises(LakeBroken, match=f"^lake/{NAME}/candidates/c.parquet cannot be read") as caught:
            read()
        assert str(tmp_path) not in caught.value.message


def test_a_mistake_in_a_query_is_no_damage(tmp_path: Path) -> None:
    """What is wrong with the program is not blamed on the file."""
    path = tmp_path / "c.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(duckdb.BinderException), reading(path, duckdb.IOException), duckdb.connect() as connection:
        connection.execute("select b from read_parquet(?)", [str(path)])


def test_a_file_that_no_more_files_could_be_opened_for_is_not_damaged(tmp_path: Path) -> None:
    """It says so as the system does, whatever the engine made of it."""
    with pytest.raises(OSError, match="Too many open files"), reading(tmp_path, duckdb.IOException):
        raise duckdb.IOException('IO Error: Cannot open file "x": Too many open files')
