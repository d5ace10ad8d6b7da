"""The checks of an experiment that failed, on record from their first failure until they pass again.

`check` is run at each commit, so a record is made only where something changed: a failure that was not there, the same
check failing on other data, and its next pass. What never failed leaves nothing. Records are values that are written
once, numbered for each question, so that of several processes with the same answer one writes it.
"""

import hashlib
import logging
import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby

import msgspec

from core.scoring.checks import CheckResult
from resources.home import Home
from resources.lake.broken import LakeBroken, read_value
from resources.lake.leaderboards import publications

FOLDER = "failed_checks"
MOST = 200
"""Records of an experiment; beyond them go those of the questions that were answered longest ago."""
NEWEST = 10
"""Records of one question."""
_FILE = re.compile(r"([0-9a-f]{16})-([0-9]{6,9})\.json")
logger = logging.getLogger(__name__)


class CheckRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A check that failed, or passed again after that, at `at` (ISO 8601 in UTC).

    `data_hash` names the leaderboard that was current then, None before the first.
    """

    check: str
    cell: str | None
    other: str | None
    passed: bool
    severity: str
    numbers: dict[str, int | float]
    data_hash: str | None
    at: str

    @property
    def question(self) -> str:
        """Return 16 hex digits of what was asked: a limit of another height is another question."""
        about = [self.check, self.cell, self.other, self.numbers.get("limit")]
        return hashlib.sha256(msgspec.json.encode(about)).hexdigest()[:16]


def note_checks(
    home: Home, name: str, results: Sequence[CheckResult], now: Callable[[], str], *, strict: bool = False
) -> None:
    """Write down which of the results failed that did not before, and which passed again.

    A failure is an error, with `strict` a warning too; what is undecided is neither. A home that cannot be written is
    left as it is, with a warning in the log: the checks are what counts.
    """
    try:
        _note(home, name, results, now, strict=strict)
    except OSError as error:
        logger.warning("failed checks of %s are not on record: %s", name, error.strerror or type(error).__name__)


def check_records(home: Home, name: str) -> Iterator[tuple[str, CheckRecord]]:
    """Yield all records that can be read, with the name of their value, those of a question in order."""
    folder = home.key(name, FOLDER)
    for file in _files(home, name):
        with suppress(LakeBroken):
            if (found := read_value(home.storage.blobs, f"{folder}/{file}", CheckRecord)) is not None:
                yield file, found


def check_marks(home: Home, name: str) -> dict[str, str]:
    """Return a mark that changes with each record."""
    files = _files(home, name)
    return {home.key(name, FOLDER): hashlib.sha256(" ".join(files).encode()).hexdigest()} if files else {}


def _note(home: Home, name: str, results: Sequence[CheckResult], now: Callable[[], str], *, strict: bool) -> None:
    failing = [each for each in results if not each.passed and (strict or each.severity == "error")]
    last = dict(map(_place, _files(home, name)))
    if not last and not failing:
        return
    data_hash, at = _current(home, name), now()
    added = False
    for each in [*failing, *(each for each in results if each.passed)]:
        if each.undecided:
            continue
        made = CheckRecord(
            check=each.name,
            cell=each.cell,
            other=each.other,
            passed=each.passed,
            severity=each.severity,
            numbers={count: value for count, value in each.numbers.items() if math.isfinite(value)},
            data_hash=data_hash,
            at=at,
        )
        added |= _added(home, name, made, last.get(made.question, 0))
    if added:
        _prune(home, name)


def _added(home: Home, name: str, made: CheckRecord, number: int) -> bool:
    """Return whether the record was written after that of this number, or after those of others who were quicker."""
    blobs, place = home.storage.blobs, f"{home.key(name, FOLDER)}/{made.question}"
    while _is_news(home, f"{place}-{number:06d}.json", made):
        number += 1
        if blobs.put_if_absent(f"{place}-{number:06d}.json", msgspec.json.encode(made)):
            return True
    return False


def _is_news(home: Home, key: str, made: CheckRecord) -> bool:
    """Return whether a record says anything beyond the one before it; a pass does after a failure alone."""
    before = None
    with suppress(LakeBroken):
        before = read_value(home.storage.blobs, key, CheckRecord)
    if before is None or before.passed:
        return not made.passed
    return made.passed or (before.numbers, before.data_hash) != (made.numbers, made.data_hash)


def _current(home: Home, name: str) -> str | None:
    with suppress(LakeBroken):
        history = publications(home, name)
        return history[-1].data_hash if history else None
    return None


def _files(home: Home, name: str) -> list[str]:
    """Return the names of records, by question and number."""
    found = filter(_FILE.fullmatch, home.storage.blobs.list(home.key(name, FOLDER)))
    return sorted(found, key=_place)


def _place(file: str) -> tuple[str, int]:
    question, _, number = file.removesuffix(".json").partition("-")
    return question, int(number)


def _prune(home: Home, name: str) -> None:
    """Delete older records of a question, then, beyond the most of all, questions that were answered longest ago."""
    files = _files(home, name)
    by_question = [list(own) for _, own in groupby(files, key=lambda file: _place(file)[0])]
    old = [file for own in by_question for file in own[:-NEWEST]]
    if len(files) - len(old) > MOST:
        answered = {_place(file)[0]: record.at for file, record in check_records(home, name)}
        last = [own[-NEWEST:] for own in sorted(by_question, key=lambda own: answered.get(_place(own[0])[0], ""))]
        while sum(map(len, last)) > MOST:
            old += last.pop(0)
    for file in old:
        home.storage.blobs.delete(f"{home.key(name, FOLDER)}/{file}")
