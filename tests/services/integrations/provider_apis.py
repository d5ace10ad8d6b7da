"""The APIs of Todoist and Google Calendar as their documentation has them, over what a test puts into them."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.integrations.connections import ProviderMessage
from tests.services.integrations.oauth_peer import SECRET, Requested

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


@dataclass
class TodoistApi(Changes):
    """POST /api/v1/sync: all active tasks for `*`, else what changed since the sync token; `account` is whose."""

    account: str = "2671355"

    def __call__(self, requested: Requested) -> tuple[int, Any]:
        """Answer a sync."""
        assert (requested.method, requested.path) == ("POST", "/api/v1/sync")
        assert requested.form["resource_types"] == '["items","user"]'
        token = requested.form["sync_token"]
        if token == "*":
            items = [task for task in self.things.values() if not task.get("is_deleted") and not task.get("checked")]
        elif int(token.removeprefix("todo-")) < self.oldest:
            return 400, {"error": "Invalid sync token", "error_code": 34, "http_code": 400}
        else:
            items = self.since(int(token.removeprefix("todo-")))
        full = token == "*"
        said: Said = {"full_sync": full, "sync_token": f"todo-{self.number}", "items": items, "temp_id_mapping": {}}
        user = {"id": self.account, "email": "someone@example.org", "full_name": "CANARY account"}
        return 200, (said | {"user": user} if full else said)

    def message(
        self,
        event: str = "item:updated",
        account: str | None = None,
        secret: str = SECRET,
        body: bytes | None = None,
    ) -> ProviderMessage:
        """An event as Todoist sends it, signed with the secret of the registration."""
        if body is None:
            said = {"event_name": event, "user_id": account or self.account, "event_data": {"content": "CANARY task"}}
            body = json.dumps(said | {"version": "10"}).encode()
        signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
        return ProviderMessage(headers={"x-todoist-hmac-sha256": signature}, body=body)


@dataclass
class GoogleApi(Changes):
    """GET …/events of the main calendar, in pages of `page` entries, and the channels that were opened to it.

    A channel is open until `ends_ms`, in Unix milliseconds, where that is set.
    """

    page: int = 3
    channels: dict[str, Said] = field(default_factory=dict)
    ends_ms: int | None = None

    def message(self, channel: Said, state: str = "exists", number: int = 2) -> ProviderMessage:
        """What is sent to a channel: header fields alone."""
        headers = {"x-goog-channel-id": channel["id"], "x-goog-channel-token": channel["token"]}
        headers |= {"x-goog-resource-id": "resource-a", "x-goog-resource-state": state}
        return ProviderMessage(headers=headers | {"x-goog-message-number": str(number)}, body=b"")

    def _watched(self, requested: Requested) -> tuple[int, Any]:
        channel = json.loads(requested.body)
        assert channel["type"] == "web_hook"
        assert channel["address"].startswith("https://")
        if channel["id"] in self.channels:
            return 400, {"error": {"code": 400, "errors": [{"reason": "channelIdNotUnique"}]}}
        self.channels[channel["id"]] = channel
        said: Said = {"kind": "api#channel", "id": channel["id"], "resourceId": "resource-a", "token": channel["token"]}
        return 200, said if self.ends_ms is None else said | {"expiration": str(self.ends_ms)}

    def _stopped(self, requested: Requested) -> tuple[int, Any]:
        said = json.loads(requested.body)
        assert said["resourceId"] == "resource-a"
        if self.channels.pop(said["id"], None) is None:
            return 404, {"error": {"code": 404, "errors": [{"reason": "notFound"}]}}
        return 204, None

    def __call__(self, requested: Requested) -> tuple[int, Any]:
        """Answer a page, or what is requested of channels."""
        if requested.path == "/calendar/v3/calendars/primary/events/watch":
            return self._watched(requested)
        if requested.path == "/calendar/v3/channels/stop":
            return self._stopped(requested)
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
