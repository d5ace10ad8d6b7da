"""The APIs of Todoist and Google Calendar as their documentation has them, over what a test puts into them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.services.integrations.oauth_peer import Requested

Said = dict[str, Any]


@dataclass
class Changes:
    """Things by id, with the number of each one's last change; `oldest` is the first number still known."""

    things: dict[str, Said] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    number: int = 0
    oldest: int = 0

    def put(self, id_: str, **said: Any) -> None:
        """Make or change a thing."""
        self.number += 1
        self.things[id_] = {"id": id_, **said}
        self.changed[id_] = self.number

    def since(self, number: int) -> list[Said]:
        """What changed after a number, in that order."""
        later = sorted((at, id_) for id_, at in self.changed.items() if at > number)
        return [self.things[id_] for _, id_ in later]


class TodoistApi(Changes):
    """POST /api/v1/sync: all active tasks for `*`, else what changed since the sync token."""

    def __call__(self, requested: Requested) -> tuple[int, Any]:
        """Answer a sync."""
        assert (requested.method, requested.path) == ("POST", "/api/v1/sync")
        assert requested.form["resource_types"] == '["items"]'
        token = requested.form["sync_token"]
        if token == "*":
            items = [task for task in self.things.values() if not task.get("is_deleted") and not task.get("checked")]
        elif int(token.removeprefix("todo-")) < self.oldest:
            return 400, {"error": "Invalid sync token", "error_code": 34, "http_code": 400}
        else:
            items = self.since(int(token.removeprefix("todo-")))
        full = token == "*"
        return 200, {"full_sync": full, "sync_token": f"todo-{self.number}", "items": items, "temp_id_mapping": {}}


@dataclass
class GoogleApi(Changes):
    """GET …/events of the main calendar, in pages of `page` entries."""

    page: int = 3

    def __call__(self, requested: Requested) -> tuple[int, Any]:
        """Answer a page."""
        assert (requested.method, requested.path) == ("GET", "/calendar/v3/calendars/primary/events")
        query = requested.query
        assert query["singleEvents"] == "true"
        if "syncToken" in query:
            if query.keys() & {"timeMin", "timeMax"}:
                return 400, {"error": {"code": 400, "errors": [{"reason": "syncTokenWithNonDefaultOrdering"}]}}
            since = int(query["syncToken"].removeprefix("sync="))
            if since < self.oldest:
                return 410, {"error": {"code": 410, "errors": [{"reason": "fullSyncRequired"}]}}
            found = self.since(since)
        else:
            found = [each for each in self.things.values() if _is_between(each, query["timeMin"], query["timeMax"])]
        start = int(query.get("pageToken", "page=0").removeprefix("page="))
        said: Said = {"kind": "calendar#events", "items": found[start : start + self.page]}
        if start + self.page < len(found):
            return 200, said | {"nextPageToken": f"page={start + self.page}"}
        return 200, said | {"nextSyncToken": f"sync={self.number}"}


def timed(start: str, end: str, **more: Any) -> Said:
    """What an entry says that begins and ends at these times of RFC 3339."""
    return {"status": "confirmed", "start": {"dateTime": start}, "end": {"dateTime": end}, **more}


def _is_between(entry: Said, since: str, until: str) -> bool:
    if entry["status"] == "cancelled":
        return False
    start, end = (datetime.fromisoformat(entry[name]["dateTime"]) for name in ("start", "end"))
    return start < datetime.fromisoformat(until) and end > datetime.fromisoformat(since)
