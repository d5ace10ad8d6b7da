"""Google Calendar by its API v3: the entries of the user's main calendar, read by its sync tokens."""

from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from contracts.integrations.connections import ConnectionProvider
from kit.times import iso
from services.integrations.calendars.calendar_items import MOST_COMPONENTS, CalendarItem, SyncWindow, title_of
from services.integrations.connectors.connector import UNREADABLE, Cursor, OpenedChannel, Pulled, PullFailed
from services.integrations.connectors.provider_api import ProviderApi
from services.integrations.connectors.provider_items import ProviderItems, day_starts, seconds_of

API = "https://www.googleapis.com"
EVENTS, STOP = "/calendar/v3/calendars/primary/events", "/calendar/v3/channels/stop"
FIELDS = "nextPageToken,nextSyncToken,items(id,status,summary,start,end,transparency)"
PAGE, MOST_PAGES = 2_500, 40
"""Entries that a page may have at most, and pages: Google may send fewer entries than were asked for."""
SLOW_DOWN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})
"""Reasons of a 403 that is no refusal."""
LONGEST_TOKEN = 1_000
PageToken = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TOKEN, pattern="^[!-~]+$")]


class Moment(msgspec.Struct, frozen=True, rename="camel"):
    """A start or an end: a day, or a time with its offset."""

    date: str | None = None
    date_time: str | None = None


class CalendarEntry(msgspec.Struct, frozen=True):
    """An entry of a calendar, as far as it is used; one that was deleted has an id and a status alone."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=1_100)]
    status: str = "confirmed"
    summary: str = ""
    start: Moment | None = None
    end: Moment | None = None
    transparency: str = "opaque"


class EventsPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of entries: the last one has the sync token, each other one the token of the next."""

    items: tuple[msgspec.Raw, ...] = ()
    next_page_token: PageToken | None = None
    next_sync_token: str | None = None
    error: Any = None


class ChannelAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """What the watching of a calendar answers; `expiration` is in Unix milliseconds, as JSON has 64 bits."""

    resource_id: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    expiration: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,16}$")] | Annotated[int, msgspec.Meta(ge=0)] | None = None


class GoogleCalendar:
    """Implements services.integrations.connectors.connector.WatchedConnector.

    `sends_to` is the address of ours to which Google sends that something changed, None for none.
    """

    provider = ConnectionProvider.GOOGLE_CALENDAR
    incremental = True

    def __init__(self, api: ProviderApi, host: str, at: str = API, sends_to: str | None = None) -> None:
        self._api, self.host, self._at, self.sends_to = api, host, at, sends_to

    def pull(self, secret: bytes, cursor: Cursor, window: SyncWindow) -> Pulled:
        """Return the entries of the window, or what changed of them; raise PullFailed, AccessRejected.

        A sync token that has expired (410) is as none: all of the window is read.
        """
        token, taken, page, began = cursor.get("sync_token"), ProviderItems(window), "", self._api.clock()
        for _ in range(MOST_PAGES):
            self._api.check_time(began)
            requested = {"singleEvents": "true", "maxResults": str(PAGE), "fields": FIELDS}
            requested |= _changes(token) if token is not None else _whole(window)
            requested |= {"pageToken": page} if page else {}
            answer = self._api.request(f"{self._at}{EVENTS}?{urlencode(requested)}", secret)
            if answer.status == 410 and token is not None:
                return self.pull(secret, {}, window)
            said = self._api.read(answer, EventsPage)
            if said.error is not None:
                raise PullFailed("not-synced", "Google Calendar answers with an error in place of entries")
            _take(said, taken)
            if taken.entries > MOST_COMPONENTS:
                raise PullFailed("too-large", f"the calendar has over {MOST_COMPONENTS} entries in the coming weeks")
            if said.next_page_token is None:
                return taken.pulled(_cursor(said), whole=token is None)
            page = said.next_page_token
        raise PullFailed("too-large", f"the calendar has over {MOST_PAGES} pages of entries")

    def watch(self, secret: bytes, name: str, token: str, lasts_s: float) -> OpenedChannel:
        """Have Google say by a channel when an entry changes; raise PullFailed, AccessRejected."""
        channel = {"id": name, "token": token, "type": "web_hook", "address": self.sends_to}
        wanted = {**channel, "params": {"ttl": str(int(lasts_s))}}
        answer = self._api.request(f"{self._at}{EVENTS}/watch", secret, json=wanted)
        said = self._api.read(answer, ChannelAnswer)
        return OpenedChannel(said.resource_id, None if said.expiration is None else int(said.expiration) / 1_000)

    def stop(self, secret: bytes, name: str, resource: str) -> None:
        """End a channel; one that Google knows no more is as if ended; raise PullFailed, AccessRejected."""
        answer = self._api.request(f"{self._at}{STOP}", secret, json={"id": name, "resourceId": resource})
        if answer.status not in {200, 204, 404}:
            self._api.read(answer, ChannelAnswer)


def _whole(window: SyncWindow) -> dict[str, str]:
    return {"timeMin": iso(window.since), "timeMax": iso(window.until)}


def _changes(token: str) -> dict[str, str]:
    """What is asked by a token, beside which Google takes no bounds of time."""
    return {"syncToken": token}


def _cursor(said: EventsPage) -> Cursor:
    """Return the cursor of the last page; without a token that fits an address the next pull reads all again."""
    token = said.next_sync_token or ""
    return {"sync_token": token} if token.isascii() and 0 < len(token) <= LONGEST_TOKEN else {}


def _take(said: EventsPage, taken: ProviderItems) -> None:
    zone = ZoneInfo(taken.window.time_zone)
    for raw in said.items:
        taken.entries += 1
        try:
            entry = msgspec.json.decode(raw, type=CalendarEntry)
        except UNREADABLE:
            taken.leave_out("unreadable")
            continue
        if entry.status == "cancelled":
            taken.remove(entry.id)
            continue
        try:
            taken.add(_item(entry, zone))
        except (ValueError, OverflowError):
            taken.leave_out("unreadable", entry.id)


def _item(entry: CalendarEntry, zone: ZoneInfo) -> CalendarItem:
    """Return an entry as an item; raise ValueError for one without times."""
    if entry.start is None or entry.end is None:
        raise ValueError("an entry without a start and an end")
    starts_at = _seconds(entry.start, zone)
    return CalendarItem(
        key=entry.id,
        starts_at=starts_at,
        ends_at=max(starts_at, _seconds(entry.end, zone)),
        all_day=entry.start.date is not None,
        busy=entry.transparency != "transparent",
        title=title_of(entry.summary),
    )


def _seconds(at: Moment, zone: ZoneInfo) -> float:
    if at.date is not None:
        return day_starts(at.date, zone)
    return seconds_of(at.date_time or "", zone)
