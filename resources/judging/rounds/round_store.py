"""Finds rounds by their id among the records of all experiments, which are read again when they have grown."""

from threading import Lock
from typing import NamedTuple

from core.benchmark.records import JudgeRecord, is_archived, judge_records
from core.judging.rounds import Round, rounds_of
from resources.home import Home
from resources.lake.specs import read_records


class Entry(NamedTuple):
    """A round, the experiment it belongs to and whether that is archived, and the record of its judge."""

    experiment: str
    round: Round
    judge: JudgeRecord
    is_archived: bool


class RoundStore:
    """All rounds of a home in which tips are rated; those that a later version opened for other tasks are left out."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._cache: dict[str, tuple[str, list[Entry]]] = {}
        self._places: dict[str, str] = {}
        self._lock = Lock()

    def find(self, round_id: str) -> Entry | None:
        """Return the round of this id, or None; the experiment where it was found last is searched first."""
        name = self._places.get(round_id)
        found = next((entry for entry in (self.of(name) if name else self.all()) if entry.round.id == round_id), None)
        if found is not None:
            self._places[round_id] = found.experiment
        return found

    def all(self) -> list[Entry]:
        """Return every round, by experiment, then in the order they were opened."""
        return [entry for name in self._home.experiments() for entry in self.of(name)]

    def of(self, experiment: str) -> list[Entry]:
        """Return the rounds of one experiment in the order they were opened."""
        version = self._home.storage.blobs.tag(self._home.key(experiment, "records.jsonl"))
        if version is None:
            return []
        with self._lock:
            cached = self._cache.get(experiment)
            if cached is None or cached[0] != version:
                records = read_records(self._home, experiment)
                judges, archived = judge_records(records), is_archived(records)
                entries = [
                    Entry(experiment, round_, judge, archived)
                    for round_ in rounds_of(records)
                    if (judge := judges.get(round_.judge)) is not None and judge.task == "rating"
                ]
                cached = self._cache[experiment] = (version, entries)
            return cached[1]
