import os
from typing import Any

from resources.judging.importer import LARGEST
from resources.judging.upload_limits import SMALLEST_LIMIT, largest_upload


def test_the_limit_follows_the_items(bench: Any) -> None:
    """Twice the bytes of the judge's last folder, within 16 and 512 MB; without a folder, or its items, the least."""
    name = bench.spec.experiment
    assert largest_upload(bench.home, name, "anna") == SMALLEST_LIMIT
    bench.export("anna")
    (items,) = bench.home.exports(name, "anna").glob("*/items.jsonl")
    assert largest_upload(bench.home, name, "anna") == SMALLEST_LIMIT
    for size, limit in ((10 << 20, 20 << 20), (400 << 20, LARGEST)):
        os.truncate(items, size)
        assert largest_upload(bench.home, name, "anna") == limit
    items.unlink()
    assert largest_upload(bench.home, name, "anna") == SMALLEST_LIMIT
