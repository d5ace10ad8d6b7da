"""How Dagster's parts are: its code server, the daemon and the queue of runs."""

from collections.abc import Callable, Iterator

import dagster as dg

from contracts.operations import HealthPart
from core.plurals import counted
from resources.dagster.host import DagsterHost

WAITING = (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED)
GOING = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)
LONG_S = 600.0
"""The seconds after which a run that is queued while none goes on is a sign that nobody takes runs from the queue."""


def dagster_health(host: DagsterHost, clock: Callable[[], float]) -> Iterator[HealthPart]:
    """Yield the state of the code server, the daemon and the queue; `clock` gives Unix seconds."""
    ready = host.is_ready()
    said = "answers" if ready else "does not answer: it is started again; its log is logs/code-server.log of the home"
    yield HealthPart(name="code server", state="fine" if ready else "wrong", detail=said)
    yield _daemon(host, clock())
    yield _queue(host, clock())


def _daemon(host: DagsterHost, now: float) -> HealthPart:
    found = host.instance.get_daemon_statuses()
    needed = {name: status for name, status in found.items() if status.required}
    beats = [status.last_heartbeat.timestamp for status in needed.values() if status.last_heartbeat is not None]
    late = sorted(name.lower() for name, status in needed.items() if not status.healthy)
    if late:
        said = f"no sign of life of {', '.join(late)}: it is started again; its log is logs/daemon.log of the home"
        return HealthPart(name="daemon", state="wrong", detail=said)
    seen = f"last sign of life {max(0.0, now - max(beats)):.0f} s ago" if beats else "nothing is needed of it"
    return HealthPart(name="daemon", state="fine", detail=f"{counted(len(needed), 'part')} of it work, {seen}")


def _queue(host: DagsterHost, now: float) -> HealthPart:
    instance = host.instance
    waiting = instance.get_run_records(dg.RunsFilter(statuses=list(WAITING)), limit=1, ascending=True)
    n_waiting = instance.get_runs_count(dg.RunsFilter(statuses=list(WAITING)))
    n_going = instance.get_runs_count(dg.RunsFilter(statuses=list(GOING)))
    age = now - waiting[0].create_timestamp.timestamp() if waiting else 0.0
    said = f"{n_waiting} queued, {n_going} under way"
    if waiting and age > LONG_S and not n_going:
        advice = "look whether the daemon runs"
        said = f"{said}; the oldest is queued for {age / 60:.0f} minutes: {advice}"
        return HealthPart(name="runs", state="wrong", detail=said)
    return HealthPart(name="runs", state="fine", detail=said)
