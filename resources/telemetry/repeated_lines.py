"""Log lines that a stranger can cause as often as they like: of each kind a bounded number is written a minute."""

import logging

MOST, WITHIN_S = 20, 60.0
NOTICES = "tipbench.log"


class RepeatedLines(logging.Filter):
    """Lets through the first `MOST` lines a minute of each place in the code, and one that says that more are left out.

    Give one to each handler. Lines of `whole` loggers all pass.
    """

    def __init__(self, handler: logging.Handler, whole: frozenset[str]) -> None:
        super().__init__()
        self._handler, self._whole = handler, whole | {NOTICES}
        self._seen: dict[tuple[str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is written; its own time counts."""
        if record.name in self._whole:
            return True
        place = (record.pathname, record.lineno)
        began, count = self._seen.get(place, (record.created, 0))
        if not 0 <= record.created - began < WITHIN_S:
            began, count = record.created, 0
        self._seen[place] = (began, count + 1)
        if count == MOST:
            self._handler.handle(_notice(record))
        return count < MOST


def _notice(record: logging.LogRecord) -> logging.LogRecord:
    return logging.makeLogRecord(
        {
            "name": NOTICES,
            "levelno": logging.WARNING,
            "levelname": "WARNING",
            "msg": "more lines of %s like the last are left out for a minute",
            "args": (record.name,),
            "created": record.created,
        }
    )
