"""What one judge may upload: how large a file is."""

from contextlib import suppress

from resources.home import Home
from resources.judging.exports import last_export
from resources.judging.importer import LARGEST

SMALLEST_LIMIT = 16 << 20
"""Bytes that every judge may upload in one file, however few items there are."""


def largest_upload(home: Home, experiment: str, judge: str) -> int:
    """Return the bytes of a judge's largest file: twice those of the items in its last folder, 16 to 512 MB."""
    items = 0
    folder = last_export(home, experiment, judge)
    with suppress(FileNotFoundError):
        items = (folder / "items.jsonl").stat().st_size if folder is not None else 0
    return min(max(2 * items, SMALLEST_LIMIT), LARGEST)
