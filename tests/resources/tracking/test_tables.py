import json

from resources.home import Home
from resources.tracking.tables import COLUMNS, cell_tables
from tests.resources.tracking.conftest import Candidates


def test_tables_are_one_a_cell_in_file_order(home: Home, candidates: Candidates) -> None:
    """Rows of a cell become one JSON table with named columns, even over several row groups."""
    key = candidates("c.parquet", [(0, "one"), (0, "two"), (2, "<script>")])
    tables = dict(cell_tables(home.storage.datasets.locator(key)))
    assert list(tables) == [0, 2]
    table = json.loads(tables[0])
    assert table["columns"] == list(COLUMNS)
    assert [row[COLUMNS.index("text")] for row in table["data"]] == ["one", "two"]
