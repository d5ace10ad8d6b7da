import pytest

from kit.tables.csv_rows import (
    LARGEST_CELL,
    MOST_COLUMNS,
    MOST_EMPTY,
    MOST_EMPTY_FIRST,
    CsvTable,
    csv_table,
    header_matches,
)
from kit.tables.problems import Problems

COLUMNS = ("item", "clear", "comment")


def _rows(text: str | bytes, expected: tuple[str, ...] = COLUMNS) -> list[tuple[int, dict[str, str]]]:
    problems = Problems()
    table = csv_table(text if isinstance(text, bytes) else text.encode(), problems, expected)
    assert table is not None, problems.listing()
    rows = [(row.line, row.cells) for row in table.rows]
    assert problems.total == 0, problems.listing()
    return rows


def _problems(text: str) -> list[tuple[int, str]]:
    problems = Problems()
    table = csv_table(text.encode(), problems, COLUMNS)
    _ = list(table.rows) if table else []
    return [(problem.line, problem.message) for problem in problems.first()]


ONE = {"item": "x", "clear": "3,5", "comment": "well, yes; no"}
DIALECTS = {
    "comma": 'item,clear,comment\nx,"3,5","well, yes; no"\n',
    "semicolon": 'item;clear;comment\nx;3,5;"well, yes; no"\n',
    "tab": "item\tclear\tcomment\nx\t3,5\twell, yes; no\n",
    "bar": "item|clear|comment\nx|3,5|well, yes; no\n",
    "carriage returns": 'item;clear;comment\rx;3,5;"well, yes; no"\r',
    "all quoted": '"item";"clear";"comment"\r\n"x";"3,5";"well, yes; no"\r\n',
    "sep line": 'sep=;\r\nitem;clear;comment\r\nx;3,5;"well, yes; no"\r\n',
    "quoted sep line": '"sep=\t"\nitem\tclear\tcomment\nx\t3,5\twell, yes; no\n',
    "blanks round names": ' item ; clear;comment \nx; 3,5 ;"well, yes; no"',
    "empty rows": '\n;;\nitem;clear;comment\n\n;;;;\nx;3,5;"well, yes; no"\n;;\n',
    "empty columns": 'item;clear;comment;;\nx;3,5;"well, yes; no";;\n',
    "padded rows": 'item,clear,comment\nx,"3,5","well, yes; no",,\n',
    "no name for an index": ',item,clear,comment\n0,x,"3,5","well, yes; no"\n',
    "fence": 'Here:\n```csv\nitem;clear;comment\nx;3,5;"well, yes; no"\n```\nBye, then\n',
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_row_comes_from_every_dialect(dialect: str) -> None:
    """Whatever the delimiter, the line ends and the padding are."""
    ((_, cells),) = _rows(DIALECTS[dialect])
    assert {name: cell.strip() for name, cell in cells.items()} == ONE


def test_the_delimiter_is_found_without_known_names() -> None:
    """By what makes rows as wide as the header, though the header has more commas than semicolons."""
    text = '"a, b, c, d";e\n"x, y";2\nz, z, z;3\n'
    assert _rows(text, ()) == [(2, {"a, b, c, d": "x, y", "e": "2"}), (3, {"a, b, c, d": "z, z, z", "e": "3"})]


def test_one_column_is_a_table_too() -> None:
    """With nothing to separate."""
    assert _rows("item\nx\n\ny\n") == [(2, {"item": "x"}), (4, {"item": "y"})]


def test_lines_count_the_lines_of_cells_and_rows_do_not() -> None:
    """A spreadsheet numbers rows, an editor lines."""
    table = csv_table(b'item,comment\nx,"two\r\nlines"\ny,z\n', Problems(), COLUMNS)
    assert isinstance(table, CsvTable)
    assert [(row.line, row.number) for row in table.rows] == [(2, 2), (4, 3)]


def test_a_short_row_lacks_its_last_cells() -> None:
    """Spreadsheets leave empty ones out."""
    assert _rows("item,clear,comment\nx\n")[0][1] == {"item": "x"}


def test_a_large_cell_is_read_and_a_larger_one_refused() -> None:
    """Up to 16 MB."""
    big = "word " * 100_000
    assert _rows(f"item,comment\nx,{big}\n")[0][1]["comment"] == big
    (problem,) = _problems("item,comment\nx,y\nz," + "a" * (LARGEST_CELL + 1) + "\n")
    assert problem[0] == 3
    assert "larger than 16 MB" in problem[1]


def test_a_decimal_comma_that_moved_the_cells_is_found() -> None:
    """A row that alone is wider than the header, whether the cells at its end are empty or not."""
    (problem,) = _problems("item,clear,comment\nx,4,\ny,3,5,\nz,4,\n")
    assert problem == (3, "4 values for 3 columns; a cell with a comma in it, such as 3,5, stands in quotation marks")
    (first,) = _problems("item,clear,comment\nx,3,5,\ny,4,\n")
    assert first[0] == 2
    (full,) = _problems("item,clear,comment\nx,3,5,good\n")
    assert full[0] == 2
    assert _problems("item;clear;comment\nx;4;\ny;4;;\n") == []


WRONG = {
    "": (1, "the file is empty"),
    "item,clear,item\n": (1, "column item stands twice"),
    'item,comment\nx,"never closed\ny,z\n': (2, "never closed"),
    'item,comment\nx,"closed" too early\n': (2, "write a quotation mark inside a cell twice"),
    ",".join(f"c{n}" for n in range(MOST_COLUMNS + 1)): (1, "at most 10000"),
}


@pytest.mark.parametrize("text", WRONG, ids=[said for _, said in WRONG.values()])
def test_what_is_no_table_is_said_in_words(text: str) -> None:
    """With its line."""
    line, said = WRONG[text]
    ((found, message),) = _problems(text)
    assert found == line
    assert said in message


def test_a_header_is_known_by_its_names() -> None:
    """Whatever separates them."""
    assert header_matches(b"sep=;\nitem;clear;other\n", COLUMNS) == 2
    assert header_matches(b"hello, world\n", COLUMNS) == 0


def test_rows_that_hold_nothing_are_read_to_a_limit() -> None:
    """As many as a spreadsheet has are read over; what comes first says by fewer how the table is written."""
    more = "\n" * (MOST_EMPTY + 1)
    assert _problems("item,clear\n" + more + "x,4\n") == [
        (MOST_EMPTY + 2, f"more than {MOST_EMPTY} rows hold nothing: take them out")
    ]
    assert _rows("\n" * MOST_EMPTY_FIRST + "item;clear\n" + "\n" * (MOST_EMPTY_FIRST + 1) + "x;4\n") == [
        (2 * MOST_EMPTY_FIRST + 3, {"item": "x", "clear": "4"})
    ]
