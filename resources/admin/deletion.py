"""Deletes an experiment of which nothing was collected, whole or not at all, so that its name can be used afresh."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from contracts.benchmark.launches import Deleted
from core.benchmark.names import EXPERIMENT
from core.benchmark.spec import Spec
from core.expected_error import ExpectedError, FieldError
from core.judging.rounds import rounds_of
from resources.admin.exchange_folders import filled, remove_empty
from resources.bench_context import BenchContext
from resources.home import Home
from resources.judging.scores import Scores
from resources.lake.broken import LakeBroken
from resources.lake.candidates import n_collected
from resources.lake.leaderboards import publications
from resources.lake.lock import writing_all
from resources.lake.specs import discard_experiment, pinned_spec, read_records, read_spec, sweep_discarded


class UnknownExperiment(FieldError):
    """A name that is not pinned."""

    code = "NOT_FOUND"


class NotDeletable(FieldError):
    """An experiment that holds something, or that another one rests on: it stays."""

    code = "CONFLICT"


class RunUnderWay(ExpectedError, RuntimeError):
    """A run of the experiment is queued or goes on."""

    code = "CONFLICT"
    operator_code = "IN_PROGRESS"


class Partitions(Protocol):
    """What Dagster knows of experiments; see resources.dagster.instance.ExperimentPartitions."""

    def run_under_way(self, experiment: str) -> str | None:
        """Return the id of a run that is queued or goes on, None without one."""
        ...

    def remove(self, experiment: str) -> str | None:
        """Remove the partition; return a sentence if it remains."""
        ...


def deletable(home: Home, name: str, partitions: Partitions) -> Spec:
    """Return the pin of an experiment that can be deleted.

    Raise UnknownExperiment, NotDeletable with what it holds, or RunUnderWay.
    """
    spec = read_spec(home, name) if EXPERIMENT.fullmatch(name) else None
    if spec is None:
        raise UnknownExperiment(f"there is no experiment {name!r:.90}", ("experiment",))
    run = partitions.run_under_way(name)
    if run is not None:
        raise RunUnderWay(f"run {run} of {name} is queued or goes on: cancel it first, then delete", ("experiment",))
    held = next(_held(home, spec), None)
    if held is not None:
        raise NotDeletable(f"{name} cannot be deleted: {held}", ("experiment",))
    return spec


def delete_experiment(bench: BenchContext, name: str, partitions: Partitions) -> Deleted:
    """Delete an experiment of which nothing was collected; raise what `deletable` raises, and WriterBusy.

    A process that is killed at any moment leaves the experiment or nothing of it; what it loses first is the partition,
    which every launch adds anew.
    """
    home = bench.home
    sweep_discarded(home)
    deletable(home, name, partitions)
    with writing_all(home, name, purpose="deleting", now=bench.now()) as fence:
        deletable(home, name, partitions)  # it may have been collected, or be gone, since the lock was asked for
        remains = partitions.remove(name)
        notes = [remains] if remains else []
        if home.storage.blobs.size(home.key(name, "tracking.json")) is not None:
            notes.append(f"MLflow keeps what it was told of {name}: delete it there")
        remove_empty(home, name)
        discard_experiment(home, name, fence)
    return Deleted(name, notes)


def _held(home: Home, spec: Spec) -> Iterator[str]:
    """Yield what an experiment holds that must not be lost."""
    name = spec.experiment
    if spec.source == "adopt":
        yield "it holds adopted outputs"
    if collected := n_collected(home, name):
        yield f"{collected} of its generations have been collected, and a name that stood for tips is not used again"
    if publications(home, name):
        yield "a leaderboard of it is published"
    if Scores(home, name, spec.rubric).sources():
        yield "it has been scored"
    if rounds_of(read_records(home, name)):
        yield "it has a round of judging"
    for folder in filled(home, name):
        yield f"there are files in {folder}"
    if extending := _extending(home, name):
        yield f"{extending} extends it"


def _extending(home: Home, name: str) -> str | None:
    """Return an experiment that extends this one, None without one; pins that cannot be read are left out."""
    for other in home.experiments():
        with suppress(LakeBroken):
            if pinned_spec(home, other).extends == name:
                return other
    return None
