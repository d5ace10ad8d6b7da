"""iCalendar by a secret address: whoever knows it may read, so there is nothing to refresh and nothing to revoke."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Literal

from contracts.integrations.connections import ConnectionProvider, NewConnection
from contracts.refusals import InvalidInput
from kit.cancellation import run_until_cancelled
from kit.egress.retry_after import retry_after_s
from kit.egress.targets import Exceptions, TargetRefused, read_target
from kit.egress.transport import EgressFailed, GuardedTransport, Limits, PeerAnswer
from kit.refusals import refusal_of
from services.integrations.calendars.calendar_items import LARGEST, CalendarFault, CalendarRead, SyncWindow
from services.integrations.calendars.calendar_process import calendar_of
from services.integrations.connectors.connector import Cursor, Grant, Pulled, PullFailed

WEBCAL = "webcal://"
REDIRECTS = 3
LIMITS = Limits(total_s=20.0, body=LARGEST)
DIGEST = "content-sha256"
"""The entry of a cursor by which a server without conditions is read once."""
ENDED = frozenset({401, 403, 404, 410})
"""What a provider answers once the address is no secret of the user's any more."""


Reads = Callable[[bytes, SyncWindow], CalendarRead | CalendarFault]


class CalendarAddress:
    """Implements services.integrations.connectors.connector.GivenConnector; `clock` gives Unix seconds.

    `reads` is what reads a calendar, as a rule in a process of its own.
    """

    provider = ConnectionProvider.ICALENDAR
    given: Literal["address"] = "address"
    incremental = False

    def __init__(
        self, exceptions: Exceptions, clock: Callable[[], float], limits: Limits = LIMITS, reads: Reads = calendar_of
    ) -> None:
        self._exceptions, self._clock, self._limits, self._reads = exceptions, clock, limits, reads

    def authorize(self, new: NewConnection) -> Grant:
        """Return the address in its one spelling; raise InvalidInput for one that no request may go to."""
        if new.address is None or new.token is not None:
            raise InvalidInput("a calendar is connected by its address and nothing else: paste that", ("address",))
        given = new.address.strip()
        if given.lower().startswith(WEBCAL):
            given = f"https://{given[len(WEBCAL) :]}"
        try:
            target = read_target(given, self._exceptions, ("address",))
        except TargetRefused as error:
            raise refusal_of(error) from None
        return Grant(f"{target.origin}{target.path}".encode(), target.host)

    def pull(self, secret: bytes, cursor: Cursor, window: SyncWindow) -> Pulled:
        """Return what the calendar has in the window, None where it did not change since; raise PullFailed."""
        try:
            answer = run_until_cancelled(self._requested(secret.decode(), cursor))
        except TargetRefused:
            raise PullFailed(
                "address-refused", "the address leads to a place that may not be asked", input_=True
            ) from None
        except EgressFailed as error:
            raise PullFailed("no-answer", f"the calendar's server gave no usable answer: {error}") from None
        if answer.status == 304 and cursor:
            return Pulled(None, cursor)
        self._check(answer)
        digest = hashlib.sha256(answer.body).hexdigest()
        if cursor.get(DIGEST) == digest:
            return Pulled(None, cursor)
        read = self._reads(answer.body, window)
        if isinstance(read, CalendarFault):
            raise PullFailed(read.code, read.says, input_=True)
        return Pulled(read, {**_conditions(answer.headers), DIGEST: digest})

    async def _requested(self, address: str, cursor: Cursor) -> PeerAnswer:
        async with GuardedTransport(exceptions=self._exceptions, limits=self._limits) as transport:
            conditions = {name: value for name, value in cursor.items() if name != DIGEST}
            headers = {"accept": "text/calendar, */*;q=0.1", **conditions}
            return await transport.request("GET", address, headers=headers, redirects=REDIRECTS)

    def _check(self, answer: PeerAnswer) -> None:
        """Raise PullFailed unless there is a body to be read."""
        if answer.status == 200:
            return
        if answer.status in ENDED:
            raise PullFailed(
                "refused",
                f"the calendar's server answers {answer.status}: copy the calendar's address anew",
                ends_grant=True,
                input_=True,
            )
        wait_s = retry_after_s(answer.headers.get("retry-after"), self._clock())
        if answer.status in {429, 503} and wait_s is not None:
            raise PullFailed(
                "asked-to-wait", "the calendar's server wants to be asked at another time", retry_after_s=wait_s
            )
        raise PullFailed(f"status-{answer.status}", f"the calendar's server answers {answer.status}")


def _conditions(headers: Mapping[str, str]) -> Cursor:
    """Return the headers by which the next request asks for changes alone."""
    names = {"etag": "if-none-match", "last-modified": "if-modified-since"}
    return {names[name]: headers[name] for name in names if 0 < len(headers.get(name, "")) <= 1_000}
