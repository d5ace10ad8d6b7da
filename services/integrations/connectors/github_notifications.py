"""GitHub's notifications by its REST API: what is unread in the account whose classic token its user pasted."""

import re
from typing import Annotated, Literal
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from contracts.integrations.connections import ConnectionProvider, NewConnection
from contracts.refusals import InvalidInput
from kit.egress.retry_after import LONGEST_WAIT_S
from kit.egress.transport import PeerAnswer
from services.integrations.calendars.calendar_items import CalendarItem, SyncWindow, title_of
from services.integrations.connectors.connector import UNREADABLE, AccessRejected, Cursor, Grant, Pulled, PullFailed
from services.integrations.connectors.provider_api import WAIT_S, ProviderApi
from services.integrations.connectors.provider_items import ProviderItems, seconds_of

API = "https://api.github.com"
HEADERS = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
PAGE, MOST_PAGES = 50, 20
"""Notifications of a page, the most that GitHub gives, and pages: the newest thousand are read."""
DAY_S = 86_400.0
SHOWN_S = 28 * DAY_S
"""How long after its last change a notification that stays unread is an item."""
CHANGED, READ_AT = "last_modified", "read_at"
"""Entries of the cursor: what the next request has as If-Modified-Since, and when all was read last."""
TOKEN = re.compile(r"[!-~]{1,255}")
NEXT = re.compile(r'<([^<>]+)>\s*;\s*rel="next"')


class Repository(msgspec.Struct, frozen=True):
    """Where a notification comes from."""

    full_name: str = ""


class Subject(msgspec.Struct, frozen=True):
    """What a notification is about."""

    title: str = ""


class Thread(msgspec.Struct, frozen=True):
    """A notification, as far as it is used."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    updated_at: str
    unread: bool = True
    repository: Repository = Repository()
    subject: Subject = Subject()


class GitHubNotifications:
    """Implements services.integrations.connectors.connector.GivenConnector; `api` knows the clock."""

    provider = ConnectionProvider.GITHUB
    given: Literal["token"] = "token"
    incremental = False

    def __init__(self, api: ProviderApi, at: str = API) -> None:
        self._api, self._at = api, at.rstrip("/")

    def authorize(self, new: NewConnection) -> Grant:
        """Return the token that a user pasted; raise InvalidInput for one that GitHub gives notifications to nobody by.

        Nothing is sent.
        """
        token = (new.token or "").strip()
        if new.address is not None or not TOKEN.fullmatch(token):
            says = "GitHub is connected by a token and nothing else: paste a classic one with the scope notifications"
            raise InvalidInput(says, ("token",))
        if token.startswith("github_pat_"):
            says = "GitHub gives notifications to classic tokens alone: make one of those, with the scope notifications"
            raise InvalidInput(says, ("token",))
        host = urlsplit(self._at).hostname or ""
        return Grant(token.encode(), "github.com" if self._at == API else host)

    def pull(self, secret: bytes, cursor: Cursor, window: SyncWindow) -> Pulled:
        """Return what is unread, None where nothing changed since; raise PullFailed.

        Once a day all of it is read, whether it changed or not. What GitHub wants to be waited for goes with it.
        """
        now, taken = self._api.clock(), ProviderItems(window)
        conditions = _conditions(cursor, now)
        first = self._requested(f"{self._at}/notifications?{urlencode({'per_page': PAGE})}", secret, conditions)
        wait_s = _poll_interval_s(first)
        if first.status == 304 and conditions:
            return Pulled(None, cursor, wait_s=wait_s)
        answer = first
        for number in range(MOST_PAGES):
            following = self._next(answer)
            older = self._take(answer, taken, now)
            if following is None or older:
                break
            if number == MOST_PAGES - 1:
                taken.leave_out("beyond")
                break
            self._api.check_time(now)
            answer = self._requested(following, secret, {})
        changed = first.headers.get("last-modified", "")
        following_cursor = {CHANGED: changed, READ_AT: str(int(now))} if 0 < len(changed) <= 100 else {}
        return msgspec.structs.replace(taken.pulled(following_cursor, whole=True), wait_s=wait_s)

    def _requested(self, url: str, secret: bytes, conditions: dict[str, str]) -> PeerAnswer:
        """Return an answer that has a page, or is none because of the conditions; raise PullFailed."""
        answer = self._api.request(url, secret, headers={**HEADERS, **conditions})
        if answer.status in {403, 429}:
            wait_s = self._limited_s(answer)
            if wait_s is not None:
                says = "GitHub wants to be asked at another time"
                raise PullFailed("asked-to-wait", says, retry_after_s=min(wait_s, LONGEST_WAIT_S))
        return answer

    def _limited_s(self, answer: PeerAnswer) -> float | None:
        """How long GitHub is not to be asked: by Retry-After, by the hour's limit, else a while; None for a refusal."""
        reset = answer.headers.get("x-ratelimit-reset", "")
        if "retry-after" not in answer.headers and answer.headers.get("x-ratelimit-remaining") == "0":
            return max(WAIT_S, float(reset[:12]) - self._api.clock()) if reset.isdecimal() else WAIT_S
        if answer.status == 429 or "retry-after" in answer.headers or b"rate limit" in answer.body[:4_096]:
            return self._api.waits_s(answer)
        return None

    def _take(self, answer: PeerAnswer, taken: ProviderItems, now: float) -> bool:
        """Take a page; return whether it has what is too old to be shown, after which all is older."""
        try:
            said = self._api.read(answer, tuple[msgspec.Raw, ...])
        except AccessRejected:
            says = "GitHub takes this token no more: make another one and connect it"
            raise PullFailed("refused", says, ends_grant=True, input_=True) from None
        except PullFailed as failed:
            failed.input_ = failed.ends_grant  # a token without the scope, say
            raise
        older = False
        for raw in said:
            taken.entries += 1
            try:
                thread = msgspec.json.decode(raw, type=Thread)
                changed_at = seconds_of(thread.updated_at, ZoneInfo("UTC"))
            except (*UNREADABLE, ValueError, OverflowError):
                taken.leave_out("unreadable")
                continue
            if changed_at < now - SHOWN_S:
                older = True
                taken.leave_out("too-old", thread.id)
            elif thread.unread:
                taken.add(_item(thread, changed_at))
        return older

    def _next(self, answer: PeerAnswer) -> str | None:
        """The address of the next page, None for the last; raise PullFailed for one elsewhere: it gets no token."""
        found = NEXT.search(answer.headers.get("link", "")[:8_192])
        if found is None:
            return None
        if not found[1].startswith(f"{self._at}/"):
            raise PullFailed("elsewhere", "GitHub's next page is at another address, which was not asked")
        return found[1]


def _item(thread: Thread, changed_at: float) -> CalendarItem:
    """Return a notification as an item, which takes nobody's time."""
    about = f"{thread.repository.full_name}: {thread.subject.title}"
    return CalendarItem(
        key=thread.id,
        starts_at=changed_at,
        ends_at=changed_at + SHOWN_S,
        all_day=False,
        busy=False,
        title=title_of(about.removeprefix(": ")),
    )


def _conditions(cursor: Cursor, now: float) -> dict[str, str]:
    read_at = cursor.get(READ_AT, "")
    lately = read_at.isdecimal() and now - float(read_at) < DAY_S
    return {"if-modified-since": cursor[CHANGED]} if lately and CHANGED in cursor else {}


def _poll_interval_s(answer: PeerAnswer) -> float:
    """How many seconds GitHub wants between two requests for the same."""
    said = answer.headers.get("x-poll-interval", "")
    return min(float(said[:9]), LONGEST_WAIT_S) if said.isdecimal() and said.isascii() else 0.0
