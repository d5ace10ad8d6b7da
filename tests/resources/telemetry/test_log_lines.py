"""Log lines."""

import io
import json
import logging
import os
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from resources.telemetry.log_lines import LARGEST, REFUSED, REQUESTS, PrivateFile, RequestLines, logging_to
from resources.telemetry.repeated_lines import MOST, NOTICES
from tests.deadline import DEADLINE_S
from tests.resources.telemetry.request_records import request_record

CANARY = "kanarienvogel17"


def lines_of(file: Path) -> list[dict[str, Any]]:
    """Its JSON lines."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_request_is_one_line(tmp_path: Path) -> None:
    """Method, template, status, milliseconds, ids; nothing of it on the console; machines' questions are debug."""
    file, console = tmp_path / "logs" / "server.jsonl", io.StringIO()
    with logging_to(file, console):
        RequestLines().on_request(request_record(subject="u1"))
        RequestLines().on_request(request_record(status=500, error="KeyError"))
        RequestLines().on_request(request_record(route="/healthz"))
        RequestLines().on_request(request_record(route="/readyz", status=503))
    found = lines_of(file)
    assert [line.pop("at")[:2] for line in found] == ["20", "20"]
    assert found[0] == {
        "level": "info",
        "logger": "tipbench.requests",
        "event": "request",
        "method": "GET",
        "route": "/v1/home",
        "status": 200,
        "ms": 2.5,
        "request": "id-1",
        "trace": "ab" * 16,
        "user": "u1",
    }
    assert (found[1]["level"], found[1]["error"]) == ("error", "KeyError")
    assert console.getvalue() == ""
    assert file.stat().st_mode & 0o777 == 0o600


def test_of_many_refusals_few_are_lines(tmp_path: Path) -> None:
    """Those beyond the pace share a bounded number of lines a minute; all other requests have one each."""
    file, console = tmp_path / "server.jsonl", io.StringIO()
    with logging_to(file, console):
        for number in range(10 * MOST):
            RequestLines().on_request(request_record(status=403, paced=bool(number % 2)))
    loggers = Counter(line["logger"] for line in lines_of(file))
    assert loggers == {REQUESTS: 5 * MOST, REFUSED: MOST, NOTICES: 1}


def test_the_console_shows_a_sentence_for_what_is_wrong(tmp_path: Path) -> None:
    """One line a warning, without control characters; informative lines are in the file alone."""
    console = io.StringIO()
    with logging_to(tmp_path / "server.jsonl", console):
        logging.getLogger("tipbench.edge").info("all is well")
        logging.getLogger("tipbench.edge").warning("first\nsecond \x1b[31m%s", "third")
    assert console.getvalue() == "warning: tipbench.edge: first second [31mthird\n"
    assert len(lines_of(tmp_path / "server.jsonl")) == 2


def test_a_console_that_is_no_terminal_is_filled_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell's file grows no further, and says where the rest stands; a terminal shows everything."""
    monkeypatch.setattr("resources.telemetry.log_lines.LARGEST_CONSOLE", 200)
    file, terminal = io.StringIO(), type("Terminal", (io.StringIO,), {"isatty": lambda _: True})()
    for console in (file, terminal):
        with logging_to(tmp_path / "server.jsonl", console):
            for number in range(15):
                logging.getLogger("tipbench.up").warning("the daemon ended for the %d. time", number)
    said = file.getvalue().splitlines()
    assert said[-1] == "that is enough here: what comes now stands in server.jsonl alone"
    assert 3 <= len(said) <= 6
    assert len(terminal.getvalue().splitlines()) == 15
    assert len(lines_of(tmp_path / "server.jsonl")) == 30


def test_without_a_file_json_goes_to_the_console() -> None:
    """For containers, whose standard error is collected; the level is heeded."""
    console = io.StringIO()
    with logging_to(None, console, "warning"):
        RequestLines().on_request(request_record())
        logging.getLogger("services.auth.store").warning("the store is away: %s", "OperationalError")
    assert [json.loads(line)["event"] for line in console.getvalue().splitlines()] == [
        "the store is away: OperationalError"
    ]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_threads_end_is_told_without_its_text(tmp_path: Path) -> None:
    """Python would print the whole traceback with the exception's text."""

    def fail() -> None:
        raise KeyError(CANARY)

    console = io.StringIO()
    with logging_to(tmp_path / "server.jsonl", console):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join(DEADLINE_S)
    assert lines_of(tmp_path / "server.jsonl")[0]["error"] == "KeyError"
    assert CANARY not in console.getvalue()


def test_files_are_turned_over(tmp_path: Path) -> None:
    """At their size, each for the owner alone."""
    file = tmp_path / "server.jsonl"
    handler = PrivateFile(file, maxBytes=100, backupCount=2)
    for _ in range(10):
        handler.emit(logging.LogRecord("tipbench", logging.INFO, "", 1, "x" * 60, (), None))
    handler.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["server.jsonl", "server.jsonl.1", "server.jsonl.2"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert LARGEST == 10_000_000


def test_a_full_disk_is_said_once_a_minute(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a thousand lines that cannot be written one sentence is shown, and no traceback; a defect still shows one."""
    file = PrivateFile(tmp_path / "server.jsonl", maxBytes=0)
    assert file.stream is not None
    file.stream.close()
    handle = os.open("/dev/full", os.O_WRONLY)
    file.stream = os.fdopen(handle, "w", encoding="utf-8")
    record = logging.LogRecord("tipbench", logging.INFO, "x.py", 1, "a line", (), None)
    for second in range(1_000):
        record.created = 1_800_000_000.0 + second / 10
        file.emit(record)
    said = capsys.readouterr().err.splitlines()
    assert said == ["server.jsonl cannot be written (No space left on device): lines are lost until it can be"] * 2
    file.formatter = logging.Formatter("%(no_such_field)s")
    file.emit(record)
    assert "no_such_field" in capsys.readouterr().err
    with suppress(OSError):
        file.close()
