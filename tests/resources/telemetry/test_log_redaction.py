"""What of a log record may be written."""

import logging
from typing import Any

from resources.telemetry.log_redaction import NOT_SHOWN, exception_fields, loggable_fields

CANARY = "kanarienvogel17"


class CollectingHandler(logging.Handler):
    """Keeps what is told of each record, as a formatter would at that moment."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(loggable_fields(record, record.args))


def logger_of(name: str) -> tuple[logging.Logger, CollectingHandler]:
    """A logger and what is told of its records."""
    logger, handler = logging.Logger(name), CollectingHandler()  # noqa: LOG001  # one that no other test sees
    logger.addHandler(handler)
    return logger, handler


def fail() -> None:
    """A defect from a defect."""
    try:
        _ = dict[str, str]()[CANARY]
    except KeyError as error:
        raise ValueError(CANARY) from error


def test_others_lines_show_constants_and_numbers() -> None:
    """A text that stands in the code is shown, its values are not; one made at run time is only placed."""
    logger, handler = logger_of("nats.aio")
    logger.error("connection to %s lost after %d tries", CANARY, 3)
    logger.error("state %(state)s of %(n)d", {"state": CANARY, "n": 4})
    logger.error(f"subject {CANARY}")  # noqa: G004  # what some packages do
    logger.error("%s" % CANARY)  # noqa: G002, UP031  # the same
    logger.error(ValueError(CANARY))
    logger.error("too few %s %s", CANARY)  # noqa: PLE1206  # what happens
    events = [line["event"] for line in handler.lines]
    assert CANARY not in str(handler.lines)
    assert events[:2] == ["connection to … lost after 3 tries", "state … of 4"]
    assert all(event.startswith(NOT_SHOWN) and "telemetry/test_log_redaction.py:" in event for event in events[2:5])
    assert events[5] == "too few %s %s"


def test_an_exception_is_its_classes_and_places() -> None:
    """Through its causes; neither its text nor that of what it came from."""
    logger, handler = logger_of("uvicorn.error")
    try:
        fail()
    except ValueError:
        logger.exception("Exception in ASGI application\n")
    line = handler.lines[0]
    assert (line["error"], CANARY in str(line)) == ("ValueError from KeyError", False)
    assert line["event"] == "Exception in ASGI application\n"
    assert line["places"][-1].startswith("telemetry/test_log_redaction.py:")


def test_our_own_lines_have_fields() -> None:
    """Redacted; another package's fields do not count."""
    logger, handler = logger_of("tipbench.requests")
    logger.info("request", extra={"fields": {"status": 200, "cookie": CANARY, "said": f"Bearer {CANARY}"}})
    logger.info("request %s failed: %s", "id-1", "KeyError")
    other, others = logger_of("aiohttp.access")
    other.info("served", extra={"fields": {"line": CANARY}})
    assert CANARY not in str(handler.lines + others.lines)
    assert handler.lines[0]["status"] == 200
    assert handler.lines[1]["event"] == "request id-1 failed: KeyError"


def test_a_loop_of_causes_ends() -> None:
    """An exception may name itself through another."""
    one, two = KeyError("a"), ValueError("b")
    one.__cause__, two.__cause__ = two, one
    assert exception_fields(one)["error"] == "KeyError from ValueError"
