"""Pins and append-only records of experiments: written once or appended, never changed."""

import getpass
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from contracts.storage import Fence
from core.benchmark.amendments import amended
from core.benchmark.records import Record, is_archived, unpacked_from
from core.benchmark.spec import Spec
from core.choosing.records import UnpackedRecord
from core.expected_error import FieldError
from resources.home import Home
from resources.home_format import mark_format
from resources.lake.broken import read_value, reading
from resources.storage.files import pretty


class NotPinned(FieldError):
    """An experiment that was not launched with options yet; `experiment` is the name under which there is none."""

    def __init__(self, message: str, path: tuple[str, ...], experiment: str = "") -> None:
        super().__init__(message, path)
        self.experiment = experiment


class Archived(FieldError):
    """An experiment that takes no launches, rounds or scores any more, or never did, because it came from a pack."""

    code = "CONFLICT"


FROM_A_PACK = "came from a pack: it can be read, and extended by a new experiment with extends"


class ExperimentState(NamedTuple):
    """What is on record of an experiment at one moment, read once and passed on.

    `spec` is the pin with the amendments among the `records`, None before a launch.
    """

    name: str
    spec: Spec | None
    records: list[Record]

    def pinned(self, path: tuple[str, ...] = ("experiment",)) -> Spec:
        """Return the pin; raise NotPinned, about the field of `path`, if there is none."""
        if self.spec is None:
            said = f"{self.name} has no pinned spec: launch it once with its options, for example: tipbench run"
            raise NotPinned(f"{said} {self.name}", path, self.name)
        return self.spec

    @property
    def is_archived(self) -> bool:
        """Return whether the experiment takes no launches, rounds or scores any more."""
        return is_archived(self.records)

    @property
    def unpacked(self) -> UnpackedRecord | None:
        """Return what says that the experiment came from a pack, None for one that was made in this home."""
        return unpacked_from(self.records)

    def open(self) -> "ExperimentState":
        """Return the state itself; raise Archived if the experiment is archived or came from a pack."""
        if self.unpacked:
            raise Archived(f"{self.name} {FROM_A_PACK}={self.name}", ("experiment",))
        if self.is_archived:
            said = "it can be read, and takes no launches, rounds or scores until it is unarchived"
            raise Archived(f"{self.name} is archived: {said}", ("experiment",))
        return self


class RequestStates:
    """What one request reads of pins and records: of an experiment once, and again where lines were added since.

    For one request alone: an experiment that is deleted and launched anew meanwhile could have as many bytes of
    records; who collects looks at the pin itself.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._read: dict[str, tuple[int | None, ExperimentState]] = {}

    def state(self, name: str, *, anew: bool = False) -> ExperimentState:
        """Return what is on record of an experiment now, read `anew` in any case; raise LakeBroken."""
        size = self._home.storage.blobs.size(self._home.key(name, "records.jsonl"))  # before it is read: never too new
        known = self._read.get(name)
        if anew or known is None or known[0] != size or known[1].spec is None:
            known = self._read[name] = size, experiment_state(self._home, name)
        return known[1]


def experiment_state(home: Home, name: str) -> ExperimentState:
    """Return the experiment's pin and records; raise LakeBroken for a file that cannot be read."""
    pinned = read_value(home.storage.blobs, home.key(name, "spec.json"), Spec)
    records = read_records(home, name)
    return ExperimentState(name, pinned and amended(pinned, records), records)


def read_spec(home: Home, name: str) -> Spec | None:
    """Return the experiment's pin with the amendments on record, or None."""
    return experiment_state(home, name).spec


def is_pinned(home: Home, name: str) -> bool:
    """Return whether the experiment has a pin; it is not read."""
    return home.storage.blobs.size(home.key(name, "spec.json")) is not None


def pinned_spec(home: Home, name: str, path: tuple[str, ...] = ("experiment",)) -> Spec:
    """Return the experiment's pin; raise NotPinned, about the field of `path`, if there is none."""
    return experiment_state(home, name).pinned(path)


def pin(home: Home, spec: Spec, known: Spec | None = None, *, fence: Fence | None = None) -> tuple[Spec, bool]:
    """Pin `spec` unless the name is pinned already; return the pin in force, and whether this call made it.

    `known` is the pin where it was read before: pins do not change, so that it is not read again. With the `fence` of a
    caller who writes more than the pin raise StaleFence.
    """
    mark_format(home)
    created = home.storage.blobs.put_if_absent(home.key(spec.experiment, "spec.json"), pretty(spec), fence)
    return (spec, True) if created else (known or pinned_spec(home, spec.experiment), False)


def read_records(home: Home, name: str) -> list[Record]:
    """Return judges, baselines, ceilings and so on in the order they were added; a torn last line is left out."""
    key = home.key(name, "records.jsonl")
    with home.storage.logs.read(key) as log, reading(key):
        return [msgspec.json.decode(line, type=Record) for _, line in log.lines()]


def open_state(home: Home, name: str) -> ExperimentState:
    """Return what is on record of an experiment; raise Archived if it is archived."""
    return experiment_state(home, name).open()


def add_records(home: Home, name: str, records: Sequence[Record], fence: Fence | None = None) -> None:
    """Append records durably; a reader sees each one whole or not at all.

    Anybody may append one at any time, without a lease: who holds it gives the `fence`, so that what it says of its own
    work is not recorded once somebody else goes on. Raise StaleFence.
    """
    if not records:
        return
    with home.storage.logs.open(home.key(name, "records.jsonl"), fence) as log:
        for record in records:
            log.append(msgspec.json.encode(record))


def discard_experiment(home: Home, name: str, fence: Fence) -> None:
    """Delete all that the lake has of an experiment, so that its name is free; the caller holds its lease by `fence`.

    A process that is killed leaves the experiment as it was, or files that no name leads to (`sweep_discarded`).
    """
    home.storage.blobs.discard(home.key(name), fence)


def sweep_discarded(home: Home) -> None:
    """Delete the files of deleted experiments that killed processes left."""
    home.storage.blobs.sweep(home.lake)


def login_name() -> str:
    """Return the account that runs this process, for the author of a record; `unknown` if it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
