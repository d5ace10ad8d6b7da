"""Finds the line of a TOML file that a field stands on, which the parser does not tell."""

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_NUMBER = re.compile(r"\[(\d+)\]$")


def line_of_field(text: str, field: str) -> int | None:
    """Return the line, from 1, of the field at `table.key` or `tables[0].key`, else that of its table; None if neither.

    A field inside a list or an inline table has the line of the key that holds it.
    """
    table, _, key = field.rpartition(".")
    number = int(found[1]) if (found := _NUMBER.search(table)) else None
    table, key = _NUMBER.sub("", table), re.split(r"[\[.]", key, maxsplit=1)[0]
    header = _line_of_header(text, table, number)
    if table and header is None:
        return line_of_field(text, table) if "." in table else _line_of_key(text, 0, table)
    return _line_of_key(text, header or 0, key) or header


def _line_of_header(text: str, table: str, number: int | None) -> int | None:
    found = [n for n, line in enumerate(text.splitlines(), 1) if (own := _HEADER.match(line)) and own[2] == table]
    return found[number or 0] if len(found) > (number or 0) else None


def _line_of_key(text: str, header: int, key: str) -> int | None:
    """The line of a key below the line of a table's header, 0 for the keys above every table."""
    pattern = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=")
    for number, line in enumerate(text.splitlines()[header:], header + 1):
        if pattern.match(line):
            return number
        if _HEADER.match(line):
            return None
    return None
