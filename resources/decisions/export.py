"""Published decisions of several days as one file, which `tipbench evaluate-policy` reads."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import Storage
from contracts.tips.decision_log import PublishedDay
from core.expected_error import FieldError
from kit.times import start_of
from resources.decisions.parts import SCHEMA, DecisionPartFiles
from resources.storage.files import write_whole

MOST_ROWS = 5_000_000
"""As many as a log may have that estimates are made of."""


class BadDays(FieldError):
    """Days that cannot be written; the message names the option."""


def days_between(days: Sequence[PublishedDay], since: str | None, until: str | None) -> list[PublishedDay]:
    """Return the days from `since` to `until`, both among them; raise BadDays for what is no day or has no rows."""
    for name, day in (("since", since), ("until", until)):
        if day is not None and not _is_day(day):
            raise BadDays(f"{name} is {day!r:.40}: write a day as YYYY-MM-DD", (name,))
    found = [day for day in days if (since or "") <= day.day <= (until or "9999-12-31")]
    rows = sum(day.rows for day in found)
    if not rows:
        raise BadDays(
            "no decision of these days is published: users agree to `improve`, and an outcome takes days", ("since",)
        )
    if rows > MOST_ROWS:
        raise BadDays(f"these days have {rows} rows, at most {MOST_ROWS} are written: choose fewer days", ("since",))
    return found


def write_log(storage: Storage, output: Path, since: str | None = None, until: str | None = None) -> int:
    """Write the rows of days as one Parquet file, whole or not at all; return how many rows; raise BadDays."""
    parts, sink = DecisionPartFiles(storage), pa.BufferOutputStream()
    chosen = days_between(parts.days(), since, until)
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        for day in chosen:
            writer.write_table(parts.table(day))
    write_whole(output.absolute(), sink.getvalue().to_pybytes())
    return sum(day.rows for day in chosen)


def _is_day(text: str) -> bool:
    try:
        start_of(text)
    except ValueError:
        return False
    return True
