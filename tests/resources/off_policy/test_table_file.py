"""One table from Parquet, CSV and JSON lines, and what is said of files that are none."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kit.regular_files import FileTooLarge, NotAFile
from resources.off_policy.table_file import BadPolicyFile, FileLimits, TableFile, read_table

ROWS = [{"a": "x", "b": "1.5", "c": "no"}, {"a": None, "b": "2.0", "c": "no"}]
LIMITS = FileLimits(rows=1_000)


def _read(path: Path, limits: FileLimits = LIMITS) -> TableFile:
    return read_table(path, "log", ("a", "b"), lambda name: name in {"a", "b"}, limits)


def _written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_text_of_each_form_is_one_table(tmp_path: Path) -> None:
    """By its content and not its name; columns that nobody wants are read over; empty is null."""
    files = [
        _written(tmp_path / "comma", "a,b,c\nx,1.5,no\n\n,2.0,no\n"),
        _written(tmp_path / "semicolon.jsonl", "\ufeffa;b;c\r\nx;1.5;no\r\n\r\n;2.0;no\r\n"),
        _written(tmp_path / "lines.csv", "".join(json.dumps(row) + "\n\n" for row in ROWS)),
    ]
    tables = [_read(path) for path in files]
    assert all(table.table.to_pylist() == [{"a": "x", "b": "1.5"}, {"a": None, "b": "2.0"}] for table in tables)
    assert [table.place(1) for table in tables] == [
        f"{files[0]}, line 4",
        f"{files[1]}, line 4",
        f"{files[2]}, line 3",
    ]


def test_values_of_json_are_text_as_they_are_written(tmp_path: Path) -> None:
    """Numbers, also those that JSON does not have, yes and no."""
    path = _written(tmp_path / "log", '{"a": true, "b": NaN}\n{"a": 7, "b": 0.25}\n')
    assert _read(path).table.to_pylist() == [{"a": "1", "b": "nan"}, {"a": "7", "b": "0.25"}]


def test_parquet_keeps_its_types_and_has_rows(tmp_path: Path) -> None:
    """Only wanted columns are read."""
    pq.write_table(pa.table({"a": ["x", None], "b": [1.5, 2.0], "c": ["no", "no"]}), tmp_path / "log.csv")
    found = _read(tmp_path / "log.csv")
    assert found.table.column_names == ["a", "b"]
    assert found.table.column("b").to_pylist() == [1.5, 2.0]
    assert found.place(1) == f"{tmp_path / 'log.csv'}, row 2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,c\nx,1\n", "has no column b: it has a"),
        ("c\n1\n", "has no column a, b: it has none that is known"),
        ("", "line 1: the file is empty"),
        ("a,b\n", "has no column a, b"),
        ("a,b\nx,1,2\n", "line 2: 3 values for 2 columns"),
        ("a,a,b\nx,1,2\n", "column a stands twice"),
        ('{"a": 1}\n[1]\n', "line 2: write an object"),
        ('{"a": 1, "b": {"c": 2}}\n', "line 1: b is nested"),
        ('{"a": 1, "b": 2}\n{"a"\n', "line 2: not JSON"),
        (b"a,b\nx,\xff\n", "line 2: not UTF-8"),
        (b"PAR1 and no more", "is damaged, or no Parquet file"),
        ("a,b\n" + "x,1\n" * 1_001, "has more than 1,000 rows"),
    ],
)
def test_what_is_no_such_file_is_said_with_its_line(text: str | bytes, said: str, tmp_path: Path) -> None:
    """One sentence, which names the file."""
    path = _written(tmp_path / "log", text)
    with pytest.raises(BadPolicyFile) as raised:
        _read(path)
    assert said in str(raised.value)
    assert str(path) in str(raised.value)
    assert raised.value.path[0] == "log"


def test_parquet_is_bounded_in_rows_and_bytes(tmp_path: Path) -> None:
    """Before it stands in memory; a nested column is none."""
    path = tmp_path / "log"
    pq.write_table(pa.table({"a": ["x"] * 1_001, "b": [1.0] * 1_001}), path)
    with pytest.raises(BadPolicyFile, match="more than 1,000 rows"):
        _read(path)
    with pytest.raises(BadPolicyFile, match="holds more than 0 MB"):
        _read(path, FileLimits(rows=2_000, table_bytes=100))
    pq.write_table(pa.table({"a": ["x"], "b": [[1.0]]}), path)
    with pytest.raises(BadPolicyFile, match="column b is nested"):
        _read(path)
    pq.write_table(pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.float64())}), path)
    with pytest.raises(BadPolicyFile, match="has no rows"):
        _read(path)


def test_text_is_bounded_and_only_files_are_read(tmp_path: Path) -> None:
    """A folder is not waited for."""
    path = _written(tmp_path / "log", "a,b\nx,1\n")
    with pytest.raises(FileTooLarge):
        _read(path, FileLimits(rows=10, text_bytes=4))
    with pytest.raises(NotAFile):
        _read(tmp_path)
