"""When a message that a consumer could not handle is tried again: exponential backoff, then a dead letter."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.events.tables import INBOX


@dataclass(frozen=True)
class RetryBackoff:
    """After the n-th failure a try waits first_s * 2**(n-1) seconds, `longest_s` at most; the last is dead."""

    attempts: int = 8
    first_s: float = 1.0
    longest_s: float = 300.0

    def delay_s(self, failures: int) -> float:
        """Return seconds until the next try after so many failures, at least one."""
        return min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 30))


DEFAULT = RetryBackoff()
"""Eight attempts within 127 seconds."""


def is_due(now: float, longest_s: float) -> sa.ColumnElement[bool]:
    """Return whether a waiting row's time has come, or lies so far off that the clock was set back since."""
    return sa.or_(INBOX.c.not_before <= now, INBOX.c.not_before > now + longest_s)
