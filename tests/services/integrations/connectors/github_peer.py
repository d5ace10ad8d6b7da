"""The notifications of a GitHub account as the documentation has them: pages, conditions, limits, tokens."""

import json
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from kit.times import iso
from tests.services.integrations.calendar_peer import status

TOKEN = "ghp_0123456789abcdefABCDEF"
PATH = "/api/v3/notifications"


@dataclass
class GitHubPeer:
    """Unread threads by id, with when each changed; `page` is the most that one page has.

    `changed` is what Last-Modified says; `elsewhere` stands for the origin in the next page's address.
    """

    page: int = 50
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    threads: dict[str, tuple[float, str]] = field(default_factory=dict)
    changed: float = 0.0
    elsewhere: str = ""

    def put(self, id_: str, title: str, at: float) -> None:
        """Have something unread."""
        self.threads[id_] = at, title
        self.changed = max(self.changed + 1.0, at)

    def read(self, id_: str) -> None:
        """Have it read there."""
        del self.threads[id_]
        self.changed += 1.0

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a page."""
        kind, _, token = handler.headers.get("Authorization", "").partition(" ")
        if not handler.headers.get("User-Agent"):
            return status(403, b"Request forbidden by administrative rules.")(handler)
        if kind != "Bearer" or token not in self.tokens:
            return status(401, b'{"message": "Bad credentials", "status": "401"}')(handler)
        since = formatdate(self.changed, usegmt=True)
        limits = {"X-Poll-Interval": "60", "X-RateLimit-Remaining": "4999", "Last-Modified": since}
        if handler.headers.get("If-Modified-Since") == since:
            return status(304, b"", **limits)(handler)
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(handler.path).query).items()}
        number, size = query.get("page", 1), min(query["per_page"], self.page)
        newest = sorted(self.threads, key=lambda id_: self.threads[id_], reverse=True)
        body = json.dumps([self._thread(id_) for id_ in newest[(number - 1) * size : number * size]]).encode()
        if number * size < len(newest):
            origin = self.elsewhere or f"http://{handler.headers['Host']}"
            last, at = -(-len(newest) // size), f"{origin}{PATH}?per_page={query['per_page']}&page="
            limits["Link"] = f'<{at}{number + 1}>; rel="next", <{at}{last}>; rel="last"'
        return status(200, body, Content_Type="application/json; charset=utf-8", **limits)(handler)

    def _thread(self, id_: str) -> dict[str, object]:
        at, title = self.threads[id_]
        return {
            "id": id_,
            "unread": True,
            "reason": "review_requested",
            "updated_at": iso(at).replace("+00:00", "Z"),
            "last_read_at": None,
            "subject": {"title": title, "url": None, "latest_comment_url": None, "type": "PullRequest"},
            "repository": {"id": 1, "full_name": "ada/engine", "private": True},
            "url": f"https://api.github.com/notifications/threads/{id_}",
        }
