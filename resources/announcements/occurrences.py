"""What happened to an experiment, as its stored records have it; each has a key that no other has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from contracts.modules.events import Payload
from contracts.payloads import CheckFailedV1, ExportReadyV1, LeaderboardPublishedV1, RunFinishedV1
from kit.times import unix_seconds
from resources.announcements.exports_made import export_marks, exports_made
from resources.announcements.failed_checks import check_marks, check_records
from resources.home import Home
from resources.lake.leaderboards import BOARDS, publications
from resources.lake.runs import FOLDER as RUNS
from resources.lake.runs import read_runs

NOT_ENDED = frozenset({"running", "interrupted"})
"""Said of runs that have not written how they ended."""


@dataclass(frozen=True)
class Occurrence:
    """Something that happened at `at`, in Unix seconds, and what is said of it."""

    key: str
    at: float
    data: Payload


@dataclass(frozen=True)
class OccurrenceSource:
    """A kind of occurrence: the keys of values of which one changes with each, and how all are read from the home.

    `marks` are those of files beside the store, by name: another mark says that something changed there.
    """

    changes: Callable[[Home, str], list[str]]
    read: Callable[[Home, str], Iterator[Occurrence]]
    marks: Callable[[Home, str], Mapping[str, str]] = lambda *_: {}


def publications_of(home: Home, name: str) -> Iterator[Occurrence]:
    """Yield the publications of an experiment's leaderboard, oldest first; raise LakeBroken."""
    for each in publications(home, name):
        with suppress(ValueError):
            said = LeaderboardPublishedV1(experiment=name, data_hash=each.data_hash, published_at=each.at)
            yield Occurrence(f"leaderboard {name} {each.at} {each.data_hash}", unix_seconds(each.at), said)


def runs_of(home: Home, name: str) -> Iterator[Occurrence]:
    """Yield the runs of an experiment that ended and said so, by their start; raise LakeBroken."""
    for run in read_runs(home, name):
        if run.ended_at is None or run.status in NOT_ENDED:
            continue
        with suppress(ValueError):
            at = unix_seconds(run.ended_at)
            said = {field: getattr(run, field) for field in RunFinishedV1.__struct_fields__ if field != "experiment"}
            yield Occurrence(f"run {name} {run.run_id} {run.ended_at}", at, RunFinishedV1(experiment=name, **said))


def exports_of(home: Home, name: str) -> Iterator[Occurrence]:
    """Yield the exports of an experiment; a folder that its judge changed beyond reading is left out."""
    for each in exports_made(home, name):
        said = ExportReadyV1(experiment=name, judge=each.judge, export=each.number, items=each.items)
        yield Occurrence(f"export {name} {each.judge} {each.number}", each.at, said)


def failures_of(home: Home, name: str) -> Iterator[Occurrence]:
    """Yield the checks of an experiment that failed, those that passed again since too."""
    for file, each in check_records(home, name):
        if each.passed:
            continue
        with suppress(ValueError):
            at, fields = unix_seconds(each.at), CheckFailedV1.__struct_fields__
            said = {field: getattr(each, field) for field in fields if field not in {"experiment", "failed_at"}}
            yield Occurrence(
                f"check {name} {file} {each.at}", at, CheckFailedV1(experiment=name, failed_at=each.at, **said)
            )


def publications_manifest(home: Home, name: str) -> list[str]:
    """Return the key of the value that each publication changes."""
    return [home.key(name, BOARDS, "manifest.json")]


def run_records(home: Home, name: str) -> list[str]:
    """Return the keys of the records of all runs."""
    folder = home.key(name, RUNS)
    return [f"{folder}/{file}" for file in home.storage.blobs.list(folder) if file.endswith(".json")]


SOURCES: Sequence[OccurrenceSource] = (
    OccurrenceSource(run_records, runs_of),
    OccurrenceSource(lambda *_: [], exports_of, export_marks),
    OccurrenceSource(publications_manifest, publications_of),
    OccurrenceSource(lambda *_: [], failures_of, check_marks),
)
