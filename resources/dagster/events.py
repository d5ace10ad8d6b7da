"""The events of a run since a cursor: those of Dagster's that people need, and the progress of collecting."""

import re
from logging import WARNING
from typing import NamedTuple

import dagster as dg

from contracts.benchmark.launches import ProgressEvent
from contracts.paging import InvalidCursor
from kit.times import iso
from resources.dagster.host import DagsterHost
from resources.dagster.runs import RunStore
from resources.lake.runs import StoredRun

KINDS: dict[str, tuple[str, str, str]] = {
    "PIPELINE_ENQUEUED": ("queued", "queued", "queued"),
    "PIPELINE_STARTING": ("started", "starting", "its worker starts"),
    "PIPELINE_START": ("started", "running", "running"),
    "STEP_START": ("step", "running", "{step} started"),
    "STEP_SUCCESS": ("step", "running", "{step} is done"),
    "STEP_FAILURE": ("step", "running", "{step} failed"),
    "ASSET_CHECK_EVALUATION": ("check", "running", "{check}"),
    "PIPELINE_CANCELING": ("message", "canceling", "being canceled"),
    "PIPELINE_SUCCESS": ("ended", "success", "done"),
    "PIPELINE_FAILURE": ("ended", "failure", "failed"),
    "PIPELINE_CANCELED": ("ended", "canceled", "canceled"),
}
"""Dagster's event type: our kind, the run's status from then on, and the message; nothing of a traceback."""

NOT_BEGUN = "Dependencies for step "
"""How Dagster warns of each step behind one that failed, whose own words say why."""

CURSOR = re.compile(r"([0-9a-f]{8})\.(\d{1,18})\.(\d{1,12})\.(\d{1,12})")


class Cursor(NamedTuple):
    """How far a reader is: the last event's id in Dagster's log, and the progress reported last."""

    run: str
    event: int = 0
    done: int = 0
    failed: int = 0

    def text(self) -> str:
        """Return the cursor as subscribers carry it."""
        return f"{self.run}.{self.event}.{self.done}.{self.failed}"


def events_after(host: DagsterHost, store: RunStore, run_id: str, after: str | None) -> list[ProgressEvent]:
    """Return the run's events after the cursor, oldest first; progress stands before the run's end.

    The end is left for the next look while the run's status, which Dagster writes after the event, does not say so:
    whoever reads of an end may launch again. Raise NotFound for an unknown run, InvalidCursor for a cursor of another
    run.
    """
    collected, cursor = store.collected_by(run_id), _cursor(run_id, after)
    found: list[ProgressEvent] = []
    entries = host.log(run_id, cursor.event)
    over = bool(entries) and store.record(run_id).dagster_run.is_finished  # without an event it has not ended since
    for entry in entries:
        shown = _shown(entry.event_log_entry)
        if shown is None:
            continue
        at = iso(entry.timestamp)
        if shown[0] == "ended":
            over = over or store.record(run_id).dagster_run.is_finished
            if not over:
                break
            collected = store.collected_by(run_id)  # it may have written since
            cursor = _progress(found, cursor, collected, at)
        cursor = cursor._replace(event=entry.storage_id)
        found.append(ProgressEvent(cursor=cursor.text(), at=at, kind=shown[0], status=shown[1], message=shown[2]))
    if not over:
        _progress(found, cursor, collected, store.now())
    return found


def _progress(found: list[ProgressEvent], cursor: Cursor, collected: StoredRun | None, at: str) -> Cursor:
    """Add the progress of collecting if it is new to the reader; return the cursor after it."""
    if collected is None or (collected.done, collected.failed) == (cursor.done, cursor.failed):
        return cursor
    cursor = cursor._replace(done=collected.done, failed=collected.failed)
    found.append(
        ProgressEvent(
            cursor=cursor.text(),
            at=at,
            kind="progress",
            message=f"{collected.done} of {collected.expected} generations",
            status="running",
            done=collected.done,
            expected=collected.expected,
            failed=collected.failed,
            cost=collected.cost,
            cells=collected.cells,
        )
    )
    return cursor


def _shown(entry: dg.EventLogEntry) -> tuple[str, str, str] | None:
    """Return kind, status and message of an event that is shown, None for Dagster's inner ones."""
    event = entry.dagster_event
    if event is None:
        if int(entry.level) < WARNING or entry.user_message.startswith(NOT_BEGUN):
            return None
        return "message", "running", f"{entry.user_message:.500}"
    kind = KINDS.get(event.event_type_value)
    if kind is None:
        return None
    check = ""
    if event.event_type_value == "ASSET_CHECK_EVALUATION":
        data = event.asset_check_evaluation_data
        check = f"{data.check_name} {'holds' if data.passed else f'does not hold{_said(data.description)}'}"
    message = kind[2].format(step=event.step_key or "a step", check=check)
    return kind[0], kind[1], message + _reason(event)


def _reason(event: dg.DagsterEvent) -> str:
    """Return a failed step's message for people; of a defect or a check, nothing of its own."""
    if event.event_type_value != "STEP_FAILURE":
        return ""
    data = event.step_failure_data
    if data.error is not None and data.error.cls_name == "DagsterAssetCheckFailedError":
        return ": what needs it is not begun"
    failure = data.user_failure_data
    return f": {failure.description:.500}" if failure and failure.description else " by a defect: see the server's log"


def _said(description: str | None) -> str:
    """Return a check's own words behind a colon, out of the code span that Dagit shows them in."""
    words = (description or "").strip("`").strip().replace("\\|", "|")
    return f": {words:.500}" if words else ""


def _cursor(run_id: str, after: str | None) -> Cursor:
    if after is None:
        return Cursor(run_id[:8])
    found = CURSOR.fullmatch(after)
    if found is None or found[1] != run_id[:8]:
        raise InvalidCursor
    return Cursor(found[1], int(found[2]), int(found[3]), int(found[4]))
