"""What one caller may upload or send: how large a file is, how many in a round, and how many at a time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from contracts.refusals import Refusal
from core.benchmark.records import Record
from core.judging.rounds import open_rounds
from kit.times import unix_seconds
from resources.home import Home
from resources.judging.exports import items_size
from resources.judging.importer import LARGEST

MOST_UPLOADS = 100
"""Files of one judge that are taken in one round."""
MOST_LINKS = 50
"""Links of one judge that are open at a time."""
MOST_AT_ONCE = 8
"""Files of one caller that are on their way, or wait to be read, at a time."""
SMALLEST_MESSAGE = 4_096
"""Bytes that a webhook message counts with at least: what its file takes of a disk."""
QUOTA = 4
"""Bytes of one judge's files in one round, as a multiple of its largest file."""
RETENTION_S = 30 * 86_400.0
"""Seconds for which a used link is kept and counts; without a round it is these that its quota is of."""
SMALLEST_LIMIT = 16 << 20
"""Bytes that every judge may upload in one file, however few items there are."""


def largest_upload(home: Home, experiment: str, judge: str) -> int:
    """Return the bytes of a judge's largest file: twice those of the items in its last folder, 16 to 512 MB."""
    return min(max(2 * items_size(home, experiment, judge), SMALLEST_LIMIT), LARGEST)


class QuotaUsed(Refusal):
    """A judge has uploaded, or asked for, as much as one may."""

    code = "RATE_LIMITED"


def round_start(records: list[Record], judge: str) -> float:
    """Return when the judge's open round was opened, in Unix seconds; 0 without one."""
    started = [round_.opened_at for round_ in open_rounds(records) if round_.judge == judge]
    return unix_seconds(started[-1]) if started else 0.0


def refuse_messages_over_quota(size: int, largest: int) -> None:
    """Raise QuotaUsed where the messages of a judge have more bytes in this round than may be.

    `size` includes the message that has come; `largest` is what `largest_upload` says.
    """
    if size > QUOTA * largest:
        said = f"the messages of this round would have {size} bytes, and {QUOTA * largest} is the most"
        raise QuotaUsed(f"{said}, each counted with {SMALLEST_MESSAGE} at least: ask an admin to import the rest")


def refuse_over_quota(count: int, size: int, open_links: int, largest: int) -> None:
    """Raise QuotaUsed where a judge's files of this round, their bytes or its open links are as many as may be.

    `size` includes the file that is about to come; `largest` is what `largest_upload` says.
    """
    if count >= MOST_UPLOADS:
        raise QuotaUsed(f"{count} files were taken in this round, which is the most: ask an admin to import the rest")
    if size > QUOTA * largest:
        said = f"the files of this round would have {size} bytes, and {QUOTA * largest} is the most"
        raise QuotaUsed(f"{said}: ask an admin to import the rest")
    if open_links > MOST_LINKS:
        raise QuotaUsed(f"{MOST_LINKS} upload links are open, which is the most: use one, or wait until they end")


@dataclass
class Uploading:
    """The files of one caller that are on their way; whose turn it is among them to be read."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    count: int = 0


class UploadPlaces:
    """Counts the files of each caller that are on their way, in one event loop."""

    def __init__(self) -> None:
        self._places: dict[str, Uploading] = {}

    @contextmanager
    def taken(self, caller: str) -> Iterator[asyncio.Lock]:
        """Hold a place and give the lock under which a caller's files are read, so that each caller has one in a queue.

        Raise QuotaUsed where all places are taken.
        """
        place = self._places.setdefault(caller, Uploading())
        if place.count >= MOST_AT_ONCE:
            raise QuotaUsed(f"{MOST_AT_ONCE} files are on their way, which is the most: send one after another")
        place.count += 1
        try:
            yield place.turn
        finally:
            place.count -= 1
            if not place.count:
                del self._places[caller]
