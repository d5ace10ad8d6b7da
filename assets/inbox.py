"""The sensor on what waits to be published: score files in the inbox, and answers given on pages."""

import time
from collections.abc import Callable, Iterator, Sequence

import dagster as dg

from assets.partitions import experiments
from contracts.judging import PageAnswers
from core.canonical import content_hash
from core.expected_error import ExpectedError
from core.judging.publishing_throttle import Publishing, decide
from core.judging.rounds import open_rounds
from resources.dagster.instance import PARTITION
from resources.dagster.recorder import record_waiting
from resources.dagster.recording_queue import RecordingQueue
from resources.home import Home
from resources.judging.inbox import folders, versions, waiting
from resources.judging.receiving.arrivals import Arrival, arrivals
from resources.lake.specs import read_records

LISTED, MOST_REASONS = 5, 20
"""Entries of one experiment that a tick says are left alone, and sentences of one tick."""
LONGEST_KEY = 1_000
TICK_S = 10.0
"""Seconds of a tick that go into recording at most; Dagster ends a tick after a minute."""
ACTIVE = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def inbox_sensor(
    home: Home, answers: PageAnswers | None, job_name: str, clock: Callable[[], float] = time.time
) -> dg.SensorDefinition:
    """Return the sensor on the inbox of `home` and on page answers; it starts runs of `job_name` as `decide` says.

    `answers` is None where no pages are served; `clock` gives Unix seconds.
    """

    @dg.sensor(
        name="inbox", job_name=job_name, minimum_interval_seconds=5, default_status=dg.DefaultSensorStatus.RUNNING
    )
    def watch(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        """At most one run an experiment, after what commands left to be recorded: it holds their partitions."""
        if problem := record_waiting(RecordingQueue(home), lambda: context.instance, TICK_S):
            context.log.warning("results of commands are not recorded yet: %s", problem)
        known = set(context.instance.get_dynamic_partitions(experiments.name or ""))
        given = answers.unpublished() if answers else {}
        reasons = []
        for name in sorted((folders(home) | given.keys()) & known):
            newest = given[name].newest if name in given else None
            try:
                found = waiting(home, name)
                reasons += [f"{name}: {sentence}" for sentence in found.left_alone[:LISTED]]
                files = _files(arrivals(home, name), versions(home, found.files))
                if not files and newest is None:
                    continue
                round_open = bool(open_rounds(read_records(home, name)))
            except (ExpectedError, OSError) as error:  # of this experiment alone: the others go on
                reasons.append(f"{name}: {_sentence(error)}")
                continue
            active, last = _runs(context.instance, job_name, name)
            state = Publishing(
                experiment=name, files=files, last_answer=newest, round_open=round_open, active=active, last_start=last
            )
            said = decide(state, clock())
            if said.what == "start":
                yield dg.RunRequest(run_key=said.key, partition_key=name)
            reasons.append("" if said.what == "start" else said.reason)
        if not any(reason == "" for reason in reasons):
            yield dg.SkipReason(
                "; ".join(reasons[:MOST_REASONS]) or "no score file waits in the inbox, and no answer on a page"
            )

    return watch


def _files(arrived: Sequence[Arrival], dropped: Sequence[str]) -> str:
    """Return ranks and names of the files that wait, and those of the folder with a hash of their bytes.

    A hash of it all where they are many, empty without any.
    """
    said = ",".join([*(f"{file.rank}-{file.name}" for file in arrived), *dropped])
    return said if len(said) <= LONGEST_KEY else content_hash(said)


def _sentence(error: Exception) -> str:
    """Return what is wrong with an experiment, without a path that an error of the system may hold."""
    return str(error.strerror) if isinstance(error, OSError) else str(error)


def _runs(instance: dg.DagsterInstance, job_name: str, name: str) -> tuple[int, float | None]:
    """Return how many publishing runs are queued or running, and when the newest one was requested in Unix seconds."""
    own = {PARTITION: name}
    active = instance.get_runs_count(dg.RunsFilter(job_name=job_name, tags=own, statuses=ACTIVE))
    newest = instance.get_run_records(dg.RunsFilter(job_name=job_name, tags=own), limit=1)
    return active, newest[0].create_timestamp.timestamp() if newest else None
