"""JSON log lines: one formatter for our loggers and all others, to a file in the home or to standard error."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal, TextIO

import msgspec

from contracts.telemetry import CallRecord, RequestRecord
from core.sanitize import visible
from resources.telemetry.log_redaction import OWN, exception_fields, loggable_fields
from resources.telemetry.repeated_lines import RepeatedLines
from resources.telemetry.waiting_lines import Stream, WaitingLines

REQUESTS = "tipbench.requests"
REFUSED = "tipbench.refused"
"""Lines of requests that were refused beyond their pace, of which a bounded number is written a minute."""
LARGEST, OLD_FILES = 10_000_000, 5
LARGEST_CONSOLE = 1_000_000
"""Characters of sentences on a console that is no terminal: nobody rotates the file that a shell has opened."""
LOST_EVERY_S = 60.0
"""Seconds between two sentences that say that lines are lost."""
QUIET_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Requested by machines every few seconds: their lines have the level debug."""
Level = Literal["debug", "info", "warning", "error"]


Render = Callable[[Mapping[str, Any]], str]


def _as_json(fields: Mapping[str, Any]) -> str:
    return msgspec.json.encode(fields).decode()


def _as_sentence(fields: Mapping[str, Any]) -> str:
    error = f": {fields['error']} at {fields['places'][-1:]}" if "error" in fields else ""
    return visible(f"{fields['level']}: {fields['logger']}: {fields['event']}{error}".replace("\n", " "))


class LoggableFields(logging.Formatter):
    """Writes, by `render`, what may be written of a record; its text, arguments and stack are never looked at else."""

    def __init__(self, render: Render) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return self._render(loggable_fields(record, record.args))


class PrivateFile(RotatingFileHandler):
    """A log file that only its owner reads; older ones end in `.1` to `.5`."""

    _said_at = 0.0

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: ARG002, N802  # as the library has it
        """Return whether the file is full; the library would format the line once more to know its length."""
        if self.stream is None:  # after a rollover that failed
            self.stream = self._open()
        return bool(self.maxBytes) and self.stream.tell() >= self.maxBytes

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # as the library has it
        """Say once a minute that lines are lost, where the library would write a traceback for each of them."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif record.created - self._said_at >= LOST_EVERY_S:
            self._said_at = record.created
            name = Path(self.baseFilename).name
            sys.stderr.write(f"{name} cannot be written ({error.strerror}): lines are lost until it can be\n")

    def _open(self) -> Any:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8")


class Console(Stream):
    """Shows sentences: to a terminal all of them, elsewhere, such as into a shell's file, `LARGEST_CONSOLE` characters.

    What comes then stands in `file` alone, whose older parts are deleted.
    """

    def __init__(self, stream: TextIO, file: Path) -> None:
        super().__init__(stream)
        self._file, self._left = file, None if stream.isatty() else LARGEST_CONSOLE

    def emit(self, record: logging.LogRecord) -> None:
        """Write a sentence while there is place for it."""
        if self._left is None:
            super().emit(record)
        elif self._left > 0:
            self._left -= len(self.format(record)) + len(self.terminator)
            super().emit(record)
            if self._left <= 0:
                self.stream.write(f"that is enough here: what comes now stands in {self._file.name} alone\n")


@contextmanager
def logging_to(file: Path | None, console: TextIO, level: Level = "info") -> Iterator[None]:
    """Send every logger's lines of `level` and above to the file while the block runs.

    The console shows a sentence for each warning or worse, as `Console` says. Without a file the JSON lines go to the
    console, and no sentences. Exceptions that end a thread are logged in the same form. Threads write the lines.
    """
    handlers: list[logging.Handler] = []
    if file is None:
        handlers.append(_handler(Stream(console), _as_json))
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(_handler(PrivateFile(file, maxBytes=LARGEST, backupCount=OLD_FILES), _as_json))
        sentences = _handler(Console(console, file), _as_sentence)
        sentences.setLevel(logging.WARNING)
        sentences.addFilter(lambda record: record.name not in {REQUESTS, REFUSED})
        handlers.append(sentences)
    root = logging.getLogger()
    before, hook = root.level, threading.excepthook
    root.setLevel(logging.WARNING)
    own = [logging.getLogger(name) for name in OWN]
    levels = [logger.level for logger in own]
    for logger in own:
        logger.setLevel(level.upper())
    for handler in handlers:
        handler.addFilter(RepeatedLines(handler, frozenset({REQUESTS})))
        root.addHandler(handler)
    threading.excepthook = _thread_ended
    try:
        yield
    finally:
        threading.excepthook = hook
        root.setLevel(before)
        for logger, level_before in zip(own, levels, strict=True):
            logger.setLevel(level_before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


class RequestLines:
    """Implements contracts.telemetry.TelemetrySink: one line for each request but some of many refusals."""

    def __init__(self) -> None:
        self._log, self._refused = logging.getLogger(REQUESTS), logging.getLogger(REFUSED)

    def on_request(self, request: RequestRecord) -> None:
        """Log the request, at level error from status 500 on."""
        level = logging.ERROR if request.status >= 500 else logging.INFO
        if request.route in QUIET_ROUTES and request.error is None:
            level = logging.DEBUG
        if not self._log.isEnabledFor(level):
            return
        fields = {
            "method": request.method,
            "route": request.route,
            "status": request.status,
            "ms": round(request.took_s * 1e3, 2),
            "request": request.request_id,
            "trace": request.trace.trace_id,
            "user": request.subject,
        }
        if request.error is not None:
            fields["error"] = request.error
        if request.paced:
            self._refused.log(level, "request", extra={"fields": fields})
        else:
            self._log.log(level, "request", extra={"fields": fields})

    def on_call(self, call: CallRecord) -> None:
        """Do nothing: the caller logs what went wrong."""


def _handler(target: logging.Handler, render: Render) -> WaitingLines:
    return WaitingLines(target, LoggableFields(render))


def _thread_ended(args: threading.ExceptHookArgs) -> None:
    fields = exception_fields(args.exc_value) if args.exc_value is not None else {}
    logging.getLogger("tipbench.threads").error("a thread ended by a defect", extra={"fields": fields})
