"""Decides what of a log record may be written: the program's own text, and never a value that came from outside.

Our own lines hold ids and classes only, by rule, and pass the redaction. Of other packages' lines the text is written
when it is a constant of the code that logs it, with numbers put in and other values hidden; text made at run time is
not shown. Of an exception classes and places are written, never its text.
"""

import inspect
import logging
import traceback
from collections.abc import Mapping
from pathlib import PurePath
from types import FrameType
from typing import Any

from core.redaction import HIDDEN, redacted, redacted_fields
from kit.times import iso

OWN = ("tipbench", "api", "assets", "contracts", "core", "kit", "resources", "services", "wiring")
NOT_SHOWN = "text made at run time, not shown"
MOST_PLACES = 12


class Hidden:
    """Stands for a value that is not shown, however a format asks for it."""

    def __str__(self) -> str:
        return HIDDEN

    __repr__ = __str__

    def __format__(self, _: str) -> str:
        return HIDDEN


def loggable_fields(record: logging.LogRecord, args: Any) -> dict[str, Any]:
    """Return the fields of one log line; `args` are those of the record."""
    fields: dict[str, Any] = {
        "at": iso(record.created, "milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _event(record, args),
    }
    more = getattr(record, "fields", None)
    if isinstance(more, Mapping) and _ours(record):
        fields |= redacted_fields(more)
    if isinstance(record.exc_info, tuple) and isinstance(record.exc_info[1], BaseException):
        fields |= exception_fields(record.exc_info[1])
    return fields


def exception_fields(error: BaseException) -> dict[str, Any]:
    """Return the classes of an exception and its causes, and where it was raised: none of its text."""
    kinds, found, seen = [], error, set()
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        kinds.append(type(found).__name__)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)  # type: ignore[assignment]  # the end of the chain
    steps = traceback.extract_tb(error.__traceback__)[-MOST_PLACES:]
    return {"error": " from ".join(kinds), "places": [f"{_short(step.filename)}:{step.lineno}" for step in steps]}


def _event(record: logging.LogRecord, args: Any) -> str:
    if _ours(record):
        return redacted(_filled(record.msg, args))
    if isinstance(record.msg, str) and _is_constant(record):
        return redacted(_filled(record.msg, _masked(args)))
    return f"{NOT_SHOWN} ({_short(record.pathname)}:{record.lineno})"


def _ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OWN


def _is_constant(record: logging.LogRecord) -> bool:
    """Return whether the text is a constant of the function that logs it, which is still running."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        code = frame.f_code
        if code.co_filename == record.pathname and code.co_name == record.funcName:
            return any(isinstance(each, str) and each == record.msg for each in code.co_consts)
        frame = frame.f_back
    return False


def _masked(args: Any) -> Any:
    if isinstance(args, Mapping):
        return {name: _number(value) for name, value in args.items()}
    return tuple(_number(value) for value in args or ())


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) else Hidden()


def _filled(text: Any, args: Any) -> str:
    try:
        return str(text) % args if args else str(text)
    except (TypeError, ValueError, KeyError):
        return str(text)


def _short(path: str) -> str:
    """Return the last two parts of a file's path: a place in the code, not on the machine."""
    return "/".join(PurePath(path).parts[-2:])
