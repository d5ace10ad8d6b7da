"""Lines that wait to be written, into a pipe that nobody reads."""

import json
import logging
import os
import threading

import pytest

from resources.telemetry.log_lines import RequestLines, logging_to
from resources.telemetry.waiting_lines import MOST, WaitingLines
from tests.deadline import DEADLINE_S
from tests.resources.telemetry.request_records import request_record

LINES = MOST + 3_000


class _Gate(logging.Handler):
    """Writes nothing until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.open, self.begun = list[str](), threading.Event(), threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Wait, then note the line."""
        self.begun.set()
        self.open.wait(DEADLINE_S)
        self.written.append(self.format(record))


def _record(number: int) -> logging.LogRecord:
    return logging.LogRecord("tipbench", logging.INFO, "", 1, "line %d", (number,), None)


def test_lines_beyond_the_bound_are_counted_and_left_out() -> None:
    """Of 50 lines the one under way and 10 that wait are written in order, then how many were not."""
    gate = _Gate()
    lines = WaitingLines(gate, logging.Formatter(), 10)
    lines.emit(_record(0))
    assert gate.begun.wait(DEADLINE_S)
    for number in range(1, 50):
        lines.emit(_record(number))
    gate.open.set()
    lines.close()
    assert gate.written == [
        *(f"line {number}" for number in range(11)),
        "39 lines were left out: they came faster than they are written",
    ]


def test_a_line_that_cannot_be_rendered_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is written."""
    monkeypatch.setattr(logging, "raiseExceptions", False)
    gate = _Gate()
    gate.open.set()
    lines = WaitingLines(gate, logging.Formatter())
    lines.emit(logging.LogRecord("tipbench", logging.INFO, "", 1, "%d", ("no number",), None))
    lines.emit(_record(1))
    lines.close()
    assert gate.written == ["line 1"]


def test_closed_lines_are_waited_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library flushes every handler when a process ends, closed ones too: nothing is left that could be written."""
    monkeypatch.setattr("resources.telemetry.waiting_lines.CLOSE_S", 2 * DEADLINE_S)
    gate = _Gate()
    gate.open.set()
    lines = WaitingLines(gate, logging.Formatter())
    lines.emit(_record(0))
    lines.close()
    ending = threading.Thread(target=lines.flush, daemon=True)
    ending.start()
    ending.join(DEADLINE_S)
    assert not ending.is_alive()
    assert gate.written == ["line 0"]


def test_a_pipe_that_nobody_reads_stops_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are logged while it is full; once it is read every line is there or counted."""
    monkeypatch.setattr("resources.telemetry.waiting_lines.CLOSE_S", DEADLINE_S)
    reading, writing = os.pipe()
    said = list[bytes]()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "w") as console:
        with logging_to(None, console):
            for _ in range(LINES):
                RequestLines().on_request(request_record())
            reader = threading.Thread(target=lambda: said.extend(pipe))
            reader.start()
        console.close()
        reader.join(DEADLINE_S)
    events = [json.loads(line)["event"] for line in said]
    (notice,) = [event for event in events if event != "request"]
    assert len(events) - 1 + int(notice.split()[0]) == LINES


def test_a_pipe_that_stays_full_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written within the time is not."""
    monkeypatch.setattr("resources.telemetry.waiting_lines.CLOSE_S", 0.01)
    monkeypatch.setattr(logging, "raiseExceptions", False)
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as console, logging_to(None, console):
        for _ in range(LINES):
            RequestLines().on_request(request_record())
    os.close(reading)
