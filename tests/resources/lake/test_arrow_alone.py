"""pyarrow works without pandas until somebody asks for a data frame."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from resources.lake.arrow_alone import keep_pandas_out
keep_pandas_out()
import pyarrow as pa
table = pa.Table.from_pylist([{"a": 1, "b": "x"}])
assert table.to_pylist() == [{"a": 1, "b": "x"}]
assert "pandas" not in sys.modules
frame = table.to_pandas()
assert frame.to_dict("records") == [{"a": 1, "b": "x"}]
keep_pandas_out()
assert pa.Table.from_pandas(frame).to_pylist() == table.to_pylist()
"""


def test_columns_are_made_without_pandas_and_frames_with_it() -> None:
    """A list becomes a column without its import; a data frame is had all the same, before or after a second call."""
    found = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
