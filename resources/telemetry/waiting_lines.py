"""Log lines on their way: a thread writes them, so that a slow disk, or a pipe that nobody reads, stops no request."""

import logging
import os
import threading
from contextlib import suppress
from typing import TextIO

from resources.telemetry.repeated_lines import NOTICES

MOST = 5_000
"""Lines that wait to be written; those that come then are left out and counted."""
CLOSE_S = 3.0
PAUSE_S = 0.05
"""Seconds for which lines gather before they are written: a thread that woke for each would cost requests more."""


class Stream(logging.StreamHandler[TextIO]):
    """Writes to a file descriptor of its own where the console has one, so that ending waits for no lock of others."""

    def __init__(self, console: TextIO) -> None:
        try:
            handle = os.dup(console.fileno())
        except (OSError, ValueError):  # a console in memory
            self._own = None
        else:
            self._own = os.fdopen(handle, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
        super().__init__(self._own or console)

    def flush(self) -> None:
        """Do nothing: each line is written when it ends."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # as the library has it
        """Say nothing of a line that cannot be written: it would be said here."""

    def close(self) -> None:
        """Close the descriptor, if it is our own."""
        super().close()
        if self._own is not None:
            self._own.close()


class WaitingLines(logging.Handler):
    """Renders each line at once and has `target` write it in a thread, in order; at most `most` lines wait.

    A line after others waits up to `PAUSE_S` for those behind it, unless it is a warning or worse. Lines that were left
    out are counted in a line of their own, once others have been written.
    """

    def __init__(self, target: logging.Handler, rendering: logging.Formatter, most: int = MOST) -> None:
        super().__init__()
        self.setFormatter(rendering)
        target.setFormatter(_Rendered())
        self._target, self._most = target, most
        self._lines = list[logging.LogRecord]()
        self._changed = threading.Condition()
        self._left_out, self._idle, self._hurried, self._ended = 0, False, False, False
        self._thread = threading.Thread(target=self._write, name="log lines", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Have a line written, or count it where too many wait."""
        try:
            line = self._rendered(record)
        except Exception:  # noqa: BLE001  # as the library has it: a line that cannot be written stops nothing
            self.handleError(record)
            return
        with self._changed:
            if len(self._lines) >= self._most:
                self._left_out += 1
                return
            self._lines.append(line)
            if record.levelno >= logging.WARNING:
                self._hurried = True
            if self._idle or self._hurried:
                self._changed.notify_all()

    def flush(self) -> None:
        """Wait until all lines are written, for at most `CLOSE_S` seconds; the library asks it of closed ones too."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._idle and not self._lines, CLOSE_S)

    def close(self) -> None:
        """Write what waits, which is waited for at most `CLOSE_S` seconds; the target is closed after its last line."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join(CLOSE_S)
        super().close()

    def _rendered(self, record: logging.LogRecord) -> logging.LogRecord:
        return _RenderedLine(record, self.format(record))

    def _write(self) -> None:
        while lines := self._next_lines():
            for line in lines:
                self._target.emit(line)
            with self._changed:
                self._changed.wait_for(lambda: self._hurried or self._ended, PAUSE_S)
        with suppress(OSError):  # whoever read it is no longer there
            self._target.close()

    def _next_lines(self) -> list[logging.LogRecord]:
        """Return the lines that wait, once there are some, and what was left out behind them; none at the end."""
        with self._changed:
            self._idle = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._lines or self._ended)
            self._idle, self._hurried = not (self._lines or self._left_out), False
            lines, self._lines = self._lines, []
            left_out, self._left_out = self._left_out, 0
        return [*lines, self._rendered(_notice(left_out))] if left_out else lines


class _RenderedLine(logging.LogRecord):
    """A line as it was rendered, with what its handler looks at and nothing of where it came from."""

    def __init__(self, record: logging.LogRecord, line: str) -> None:
        self.name, self.levelno, self.levelname = record.name, record.levelno, record.levelname
        self.created, self.msg, self.args, self.exc_info = record.created, line, None, None


class _Rendered(logging.Formatter):
    """Takes a line as it was rendered."""

    def format(self, record: logging.LogRecord) -> str:
        return str(record.msg)


def _notice(count: int) -> logging.LogRecord:
    given = {"name": NOTICES, "levelno": logging.WARNING, "levelname": "WARNING", "args": (count,)}
    return logging.makeLogRecord({**given, "msg": "%d lines were left out: they came faster than they are written"})
