"""A provider on loopback that authorizes by OAuth as RFC 6749, 7009 and 7636 say, with what tests change of it."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from contracts.integrations.connections import ProviderReturn
from tests.deadline import DEADLINE_S
from tests.services.integrations.calendar_peer import Answering, status

CLIENT, SECRET = "client-a", "s3cret +/:%"
LIFE_S = 3_600.0
Api = Callable[["Requested"], tuple[int, Any]]
"""What answers requests with a valid access token: a status, and what becomes JSON."""


@dataclass
class Requested:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class OAuthPeer:
    """`api` answers for tokens; `answers` take the place of what a path would answer, and `before` runs first.

    `rotates` says what becomes of a refresh token that was used: it goes on (never), ends once the new one is used
    (late), or at once. `seen` are the requests that came.
    """

    api: Api
    clock: Callable[[], float]
    rotates: str = "never"
    port: int = 0
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    access: dict[str, float] = field(default_factory=dict)
    refresh: dict[str, str | None] = field(default_factory=dict)
    answers: dict[str, Answering] = field(default_factory=dict)
    before: Callable[[Requested], None] = lambda _: None
    seen: list[Requested] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pair(self) -> tuple[str, int]:
        """The peer as an exception of the settings."""
        return "127.0.0.1", self.port

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def granted(self) -> int:
        """How many tokens of either kind are valid."""
        return len(self.access) + len(self.refresh)

    def requested(self, path: str, grant: str | None = None) -> int:
        """How many requests came to a path, for a type of grant where one is named."""
        return sum(each.path == path and grant in {None, each.form.get("grant_type")} for each in self.seen)

    def consents(self, location: str) -> ProviderReturn:
        """What a browser brings back whose user agrees."""
        answer = httpx.get(location, follow_redirects=False, timeout=DEADLINE_S)
        assert answer.status_code == 302, answer.text
        given = parse_qs(urlsplit(answer.headers["location"]).query)
        return ProviderReturn(state=given["state"][0], code=given["code"][0])

    def answer(self, requested: Requested) -> tuple[int, Any]:
        """Status and JSON of a request to the authority, or to the API."""
        if requested.path.endswith("/authorize") or requested.path.endswith("/auth"):
            return 302, self._authorized(requested.query)
        if requested.path.endswith(("/access_token", "/token")):
            return self._tokens(requested.form)
        if requested.path.endswith("/revoke"):
            return self._revoked(requested)
        kind, _, token = requested.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or self.access.get(token, 0.0) <= self.clock():
            return 401, {"error": "Unauthorized"}
        return self.api(requested)

    def _authorized(self, query: dict[str, str]) -> str:
        assert query["client_id"] == CLIENT
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = query["code_challenge"], query["redirect_uri"]
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def _tokens(self, form: dict[str, str]) -> tuple[int, Any]:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 400, {"error": "invalid_client"}
        if form["grant_type"] == "authorization_code":
            challenge, redirect = self.codes.pop(form["code"], ("", ""))
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if challenge != made or redirect != form["redirect_uri"]:
                return 400, {"error": "invalid_grant"}
            return 200, self._new(None)
        used = form["refresh_token"]
        if used not in self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        before = self.refresh[used]
        if before is not None:
            self.refresh.pop(before, None)
        if self.rotates == "at-once":
            del self.refresh[used]
        return 200, self._new(used)

    def _new(self, used: str | None) -> dict[str, Any]:
        """Tokens, of which the refresh token is another one where the provider rotates."""
        access = secrets.token_urlsafe(16)
        self.access[access] = self.clock() + LIFE_S
        made = {"access_token": access, "token_type": "Bearer", "expires_in": LIFE_S}
        if used is not None and self.rotates == "never":
            return made
        refresh = secrets.token_urlsafe(16)
        self.refresh[refresh] = used if self.rotates == "late" else None
        return made | {"refresh_token": refresh}

    def _revoked(self, requested: Requested) -> tuple[int, Any]:
        pair = base64.b64decode(requested.headers["authorization"].removeprefix("Basic ")).decode()
        if pair != f"{CLIENT}:s3cret+%2B%2F%3A%25":
            return 401, {"error": "invalid_client"}
        self.access.pop(requested.form["token"], None)
        self.refresh.pop(requested.form["token"], None)
        return 200, None


@contextmanager
def providing(peer: OAuthPeer) -> Iterator[OAuthPeer]:
    """Let the peer listen while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._take(b"")

        def do_POST(self) -> None:
            self._take(self.rfile.read(int(self.headers["content-length"])))

        def _take(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            query, form = (
                {name: values[0] for name, values in parse_qs(text).items()} for text in (parts.query, body.decode())
            )
            headers = {name.lower(): value for name, value in self.headers.items()}
            requested = Requested(self.command, parts.path, query, form, headers, body)
            with peer.lock:
                peer.seen.append(requested)
            peer.before(requested)
            if parts.path in peer.answers:
                peer.answers[parts.path](self)
                return
            with peer.lock:
                code, said = peer.answer(requested)
            if code == 302:
                status(302, Location=said)(self)
                return
            status(code, json.dumps(said).encode(), Content_Type="application/json")(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        peer.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()
