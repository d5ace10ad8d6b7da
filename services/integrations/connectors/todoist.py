"""Todoist by its API v1: tasks with a date, read by its sync tokens."""

from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from contracts.integrations.connections import ConnectionProvider
from services.integrations.calendars.calendar_items import CalendarItem, SyncWindow, title_of
from services.integrations.connectors.connector import UNREADABLE, Cursor, Pulled, PullFailed
from services.integrations.connectors.provider_api import ProviderApi
from services.integrations.connectors.provider_items import ProviderItems, day_starts, seconds_of

API = "https://api.todoist.com"
WHOLE = "*"
"""The sync token of who has nothing yet."""
MINUTE_S, DAY_LENGTH = 60.0, len("2027-01-15")
SyncToken = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Due(msgspec.Struct, frozen=True):
    """When a task is due: a day, a time without a zone, or a time in UTC."""

    date: str


class TaskDuration(msgspec.Struct, frozen=True):
    """How long a task takes."""

    amount: int
    unit: str


class Task(msgspec.Struct, frozen=True):
    """A task, as far as it is used."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    content: str = ""
    checked: bool = False
    is_deleted: bool = False
    due: Due | None = None
    duration: TaskDuration | None = None


class SyncAnswer(msgspec.Struct, frozen=True):
    """What a sync answers, or the error that may stand in its place with any status."""

    sync_token: SyncToken | None = None
    full_sync: bool = False
    items: tuple[msgspec.Raw, ...] = ()
    user: msgspec.Raw = msgspec.Raw(b"null")
    error: str | None = None


class Account(msgspec.Struct, frozen=True):
    """Whose tasks they are, of which the id alone is used: messages name it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Todoist:
    """Implements services.integrations.connectors.connector.OAuthConnector."""

    provider = ConnectionProvider.TODOIST
    incremental = True

    def __init__(self, api: ProviderApi, host: str, at: str = API) -> None:
        self._api, self.host, self._at = api, host, at

    def pull(self, secret: bytes, cursor: Cursor, window: SyncWindow) -> Pulled:
        """Return the tasks that are due in the window, or what changed of them; raise PullFailed, AccessRejected.

        A token that Todoist knows no more is one of who has nothing.
        """
        known = cursor.get("sync_token", WHOLE)
        form = {"sync_token": known, "resource_types": '["items","user"]'}
        answer = self._api.request(f"{self._at}/api/v1/sync", secret, form)
        if answer.status in {400, 410} and known != WHOLE:
            return self.pull(secret, {}, window)
        said = self._api.read(answer, SyncAnswer)
        if said.error is not None or said.sync_token is None:
            raise PullFailed("not-synced", "Todoist answers with an error in place of tasks")
        pulled = _taken(said, window).pulled({"sync_token": said.sync_token}, whole=said.full_sync or known == WHOLE)
        return msgspec.structs.replace(pulled, account=_account(said))


def _account(said: SyncAnswer) -> str | None:
    """Return what Todoist calls the account; None where it does not say, as of changes alone."""
    try:
        return msgspec.json.decode(said.user, type=Account).id
    except UNREADABLE:
        return None


def _taken(said: SyncAnswer, window: SyncWindow) -> ProviderItems:
    taken, zone = ProviderItems(window), ZoneInfo(window.time_zone)
    for raw in said.items:
        taken.entries += 1
        try:
            task = msgspec.json.decode(raw, type=Task)
        except UNREADABLE:
            taken.leave_out("unreadable")
            continue
        if task.is_deleted or task.checked:
            taken.remove(task.id)
        elif task.due is None:
            taken.leave_out("without-date", task.id)
        else:
            try:
                taken.add(_item(task, task.due.date, zone))
            except (ValueError, OverflowError):
                taken.leave_out("unreadable", task.id)
    return taken


def _item(task: Task, due: str, zone: ZoneInfo) -> CalendarItem:
    """Return a task as an item; one that takes minutes is busy, one that names none is a moment."""
    all_day = len(due) == DAY_LENGTH
    starts_at = day_starts(due, zone) if all_day else seconds_of(due, zone)
    takes = task.duration is not None and task.duration.unit == "minute" and not all_day
    minutes = task.duration.amount if takes and task.duration is not None else 0
    return CalendarItem(
        key=task.id,
        starts_at=starts_at,
        ends_at=day_starts(due, zone, days=1) if all_day else starts_at + max(0, minutes) * MINUTE_S,
        all_day=all_day,
        busy=minutes > 0,
        title=title_of(task.content),
    )
