"""Lines that come again and again."""

import logging

from resources.telemetry.repeated_lines import MOST, NOTICES, WITHIN_S, RepeatedLines


class Recorder(logging.Handler):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(RepeatedLines(self, frozenset({"requests"})))
        self.names: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the logger's name."""
        assert record.getMessage()
        self.names.append(record.name)


def line(at: float, number: int = 1, name: str = "uvicorn.error") -> logging.LogRecord:
    """A line of a place in the code, at a time in seconds."""
    fields = {"name": name, "pathname": "protocol.py", "lineno": number, "created": at, "msg": "Invalid request"}
    return logging.makeLogRecord({**fields, "levelno": logging.WARNING})


def test_a_flood_of_lines_is_a_few_and_one_that_says_so() -> None:
    """A thousand lines of one place within a minute; another place and the next minute have their own."""
    recorder = Recorder()
    for number in range(1000):
        recorder.handle(line(number / 100))
    assert recorder.names == ["uvicorn.error"] * MOST + [NOTICES]
    recorder.handle(line(5, 2))
    recorder.handle(line(WITHIN_S))
    assert recorder.names[MOST + 1 :] == ["uvicorn.error"] * 2


def test_lines_that_all_count_all_pass() -> None:
    """Those of requests, which their file's size bounds."""
    recorder = Recorder()
    for number in range(100):
        recorder.handle(line(number / 100, name="requests"))
    assert recorder.names == ["requests"] * 100
